"""A Flask service with what such services have: a factory, extensions, a database, a cache and tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.flask_services import IMPORTS, flask_project

if TYPE_CHECKING:
    from pathlib import Path

    from support.running import Project

GUNICORN = ["gunicorn", "app:create_app()", "--bind", "127.0.0.1:{port}"]
REQUIREMENTS = [
    "flask>=3.1",
    "flask-sqlalchemy>=3.1",
    "flask-caching",
    "psycopg[binary]",
    "redis",
    "celery[redis]",
    "gunicorn",
]
ANSWERS: dict[str, Any] = {
    "libraries": ["sqlalchemy", "flask_sqlalchemy", "flask_caching", "redis", "celery"],
    "readiness_checks": [
        {"name": "database", "type": "flask_sqlalchemy", "target": "app.extensions:db", "is_async": False},
        {"name": "cache", "type": "flask_caching", "target": "app.extensions:cache", "is_async": False},
    ],
}
EXTENSIONS = """
from flask_caching import Cache
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
cache = Cache()
"""
# The factory of Celery is the one of https://flask.palletsprojects.com/en/stable/patterns/celery/.
FACTORY = f"""
import os

from celery import Celery, Task, shared_task
from flask import Flask
from sqlalchemy import text

from app.extensions import cache, db
{IMPORTS}
from app.instrumentation.worker import setup_worker_tracing


def celery_init_app(app):
    class FlaskTask(Task):
        def __call__(self, *args, **kwargs):
            with app.app_context():
                return self.run(*args, **kwargs)

    celery_app = Celery(app.name, task_cls=FlaskTask)
    setup_worker_tracing(celery_app)
    celery_app.config_from_object(app.config["CELERY"])
    celery_app.set_default()
    app.extensions["celery"] = celery_app
    return celery_app


def create_app():
    app = Flask(__name__)
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=os.environ["DATABASE_URL"],
        CACHE_TYPE="RedisCache",
        CACHE_REDIS_URL=os.environ["REDIS_URL"],
        CELERY={{"broker_url": os.environ["BROKER_URL"], "task_ignore_result": True}},
    )
    db.init_app(app)
    cache.init_app(app)
    celery_init_app(app)

    @app.get("/orders/<int:order_id>")
    def order(order_id):
        app.logger.info("asked for an order")
        return str(db.session.execute(text("SELECT :id"), {{"id": order_id}}).scalar())

    @app.get("/cached")
    @cache.cached()
    def cached():
        return "cached"

    @app.post("/statements")
    def statements():
        write_statement.delay()
        return "", 202

    return app


@shared_task
def write_statement():
    db.session.execute(text("SELECT 'statement'"))
"""
MAKE_CELERY = """
from app import create_app

celery = create_app().extensions["celery"]
"""


def flask_shop(directory: Path) -> Project:
    """Write the service; ``app:create_app`` makes it, and ``make_celery`` its worker."""
    files = {"app/__init__.py": FACTORY, "app/extensions.py": EXTENSIONS, "make_celery.py": MAKE_CELERY}
    return flask_project(directory, files, requirements(), **ANSWERS)


def requirements() -> list[str]:
    """Return what the service needs, with the instrumentors that the tool would add."""
    from codemods.facts import python_facts

    facts = python_facts()
    instrumentors = [facts.libraries[name].package for name in ANSWERS["libraries"]]
    return [*REQUIREMENTS, *(facts.requirement(line) for line in instrumentors if line)]
