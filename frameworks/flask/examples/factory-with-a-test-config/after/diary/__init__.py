import os

from flask import Flask

from .instrumentation.health import setup_health
from .instrumentation.logs import setup_logging
from .instrumentation.metrics import setup_metrics
from .instrumentation.tracing import setup_tracing


def create_app(test_config=None):
    """Make the diary; tests hand their settings over."""
    app = Flask(__name__, instance_relative_config=True)
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)
    app.config.from_mapping(DATABASE=os.path.join(app.instance_path, "diary.sqlite"))
    if test_config is None:
        app.config.from_pyfile("config.py", silent=True)
    else:
        app.config.update(test_config)

    from . import entries, storage

    storage.init_app(app)
    app.register_blueprint(entries.bp)
    return app
