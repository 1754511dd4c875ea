from flask import Flask

from .api import api
from .instrumentation.health import setup_health
from .instrumentation.logs import setup_logging
from .instrumentation.metrics import setup_metrics
from .instrumentation.tracing import setup_tracing


def create_app():
    app = Flask(__name__)
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)
    app.register_blueprint(api, url_prefix="/api")
    app.register_blueprint(api, name="old_api", url_prefix="/legacy")
    return app
