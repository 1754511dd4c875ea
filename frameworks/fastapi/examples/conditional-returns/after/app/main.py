import os

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing


def create_app() -> FastAPI:
    if os.environ.get("MAINTENANCE"):
        closed = FastAPI(title="Closed", openapi_url=None)
        setup_logging()
        setup_tracing(closed)
        setup_metrics(closed)
        setup_health(closed)

        @closed.get("/{path:path}")
        def away(path: str) -> PlainTextResponse:
            return PlainTextResponse("back at noon", status_code=503)

        return closed

    app = FastAPI(title="Orders")
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)

    @app.get("/orders")
    def orders() -> list[int]:
        return [1, 2, 3]

    return app
