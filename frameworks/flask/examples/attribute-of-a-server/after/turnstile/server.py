import waitress
from flask import Flask

from turnstile.instrumentation.health import setup_health
from turnstile.instrumentation.logs import setup_logging
from turnstile.instrumentation.metrics import setup_metrics
from turnstile.instrumentation.tracing import setup_tracing


class Server:
    def __init__(self, name: str) -> None:
        self.app = Flask(name)
        setup_logging()
        setup_tracing(self.app)
        setup_metrics(self.app)
        setup_health(self.app)
        self.app.add_url_rule("/passages", "passages", self.passages, methods=["POST"])

    def passages(self) -> tuple[str, int]:
        return "", 201

    def serve(self) -> None:
        waitress.serve(self.app, port=8080)


if __name__ == "__main__":
    Server("turnstile").serve()
