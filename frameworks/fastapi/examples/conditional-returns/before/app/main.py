import os

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse


def create_app() -> FastAPI:
    if os.environ.get("MAINTENANCE"):
        closed = FastAPI(title="Closed", openapi_url=None)

        @closed.get("/{path:path}")
        def away(path: str) -> PlainTextResponse:
            return PlainTextResponse("back at noon", status_code=503)

        return closed

    app = FastAPI(title="Orders")

    @app.get("/orders")
    def orders() -> list[int]:
        return [1, 2, 3]

    return app
