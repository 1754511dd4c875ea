from flask import Flask

from board.instrumentation.health import setup_health
from board.instrumentation.logs import setup_logging
from board.instrumentation.metrics import setup_metrics
from board.instrumentation.tracing import setup_tracing
from board.settings import Production, Testing


def create_app(settings=Production, *, bare: bool = False) -> Flask:
    app: Flask = Flask("board", static_folder=None)
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)
    app.config.from_object(settings)
    if bare or settings is Testing:
        return app

    from board.views import bp

    app.register_blueprint(bp, url_prefix="/boards")
    return app
