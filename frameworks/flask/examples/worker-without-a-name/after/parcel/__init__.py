from celery import Celery
from flask import Flask

from parcel.instrumentation.health import setup_health
from parcel.instrumentation.logs import setup_logging
from parcel.instrumentation.metrics import setup_metrics
from parcel.instrumentation.tracing import setup_tracing
from parcel.instrumentation.worker import setup_worker_tracing

app = Flask(__name__)
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


def worker():
    app = Celery("parcel", broker="redis://localhost")
    setup_worker_tracing(app)
    return app


@app.get("/parcels")
def parcels():
    return []
