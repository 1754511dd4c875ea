from flask import Flask

from store.extensions import cache, db
from store.instrumentation.health import setup_health
from store.instrumentation.logs import setup_logging
from store.instrumentation.metrics import setup_metrics
from store.instrumentation.tracing import setup_tracing
from store.orders import bp


def create_app():
    app = Flask(__name__)
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)
    app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://localhost/store"
    app.config["CACHE_TYPE"] = "SimpleCache"
    db.init_app(app)
    cache.init_app(app)
    app.register_blueprint(bp)
    return app
