from flask import Flask

from instrumentation.health import setup_health
from instrumentation.logs import setup_logging
from instrumentation.metrics import setup_metrics
from instrumentation.tracing import setup_tracing

application = app = Flask(__name__)
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.get("/")
def index():
    return "up"
