from celery import Celery, Task
from flask import Flask


def create_app():
    app = Flask(__name__)
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
    worker.config_from_object(app.config["CELERY"])
    worker.set_default()
    app.extensions["celery"] = worker
    return worker
