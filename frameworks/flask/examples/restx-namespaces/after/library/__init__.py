from flask import Blueprint, Flask
from flask_restx import Api

from library.books import books
from library.instrumentation.health import setup_health
from library.instrumentation.logs import setup_logging
from library.instrumentation.metrics import setup_metrics
from library.instrumentation.tracing import setup_tracing

blueprint = Blueprint("v1", __name__, url_prefix="/v1")
api = Api(blueprint, doc="/reference")
api.add_namespace(books)


def create_app():
    app = Flask(__name__)
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)
    app.register_blueprint(blueprint)
    return app
