from celery import Celery, Task
from flask import Flask

from press.instrumentation.health import setup_health
from press.instrumentation.logs import setup_logging
from press.instrumentation.metrics import setup_metrics
from press.instrumentation.tracing import setup_tracing
from press.instrumentation.worker import setup_worker_tracing


def create_app():
    app = Flask(__name__)
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)
    app.config["CELERY"] = {"broker_url": "redis://localhost", "task_ignore_result": True}
    make_worker(app)

    from press.views import bp

    app.register_blueprint(bp)
    return app


def make_worker(app):
    class ContextTask(Task):
        def __call__(self, *args, **kwargs):
            with app.app_context():
                return self.run(*args, **kwargs)

    worker = Celery(app.name, task_cls=ContextTask)
    setup_worker_tracing(worker)
    worker.config_from_object(app.config["CELERY"])
    worker.set_default()
    app.extensions["celery"] = worker
    return worker
