from flask import Flask, request

from . import texts
from .instrumentation.health import setup_health
from .instrumentation.logs import setup_logging
from .instrumentation.metrics import setup_metrics
from .instrumentation.tracing import setup_tracing

app = Flask(__name__, template_folder="pages")
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.route("/anything", methods=["GET", "POST", "OPTIONS"])
def anything():
    return texts.shown(request.method)
