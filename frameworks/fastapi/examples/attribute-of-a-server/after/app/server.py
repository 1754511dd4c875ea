import uvicorn
from fastapi import FastAPI

from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing


class Server:
    def __init__(self, port: int) -> None:
        self.port = port
        self.app = FastAPI()
        setup_logging()
        setup_tracing(self.app)
        setup_metrics(self.app)
        setup_health(self.app)
        self.app.add_api_route("/port", self.show, methods=["GET"])

    def show(self) -> int:
        return self.port

    def run(self) -> None:
        uvicorn.run(self.app, port=self.port)


if __name__ == "__main__":
    Server(8000).run()
