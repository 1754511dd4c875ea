from celery import Celery
from flask import Flask

from depot.instrumentation.health import setup_health
from depot.instrumentation.logs import setup_logging
from depot.instrumentation.metrics import setup_metrics
from depot.instrumentation.tracing import setup_tracing


def create_app():
    app = Flask(__name__)
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)
    app.extensions.update(celery=Celery("depot", broker="redis://localhost"))

    @app.get("/loads")
    def loads():
        return []

    return app
