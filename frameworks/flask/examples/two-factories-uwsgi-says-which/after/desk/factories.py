from flask import Flask

from desk.instrumentation.health import setup_health
from desk.instrumentation.logs import setup_logging
from desk.instrumentation.metrics import setup_metrics
from desk.instrumentation.tracing import setup_tracing


def create_public():
    app = Flask("desk.public")
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)

    @app.route("/tickets", methods=("GET", "POST"))
    def tickets():
        return []

    return app


def create_staff():
    app = Flask("desk.staff")

    @app.get("/queue")
    def queue():
        return []

    return app
