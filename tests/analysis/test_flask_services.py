"""What a Flask project is made of besides its routes: applications, models, workers, commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codemods.analysis import analyze, choose_application

if TYPE_CHECKING:
    from support.trees import Write

MODULE = "from flask import Flask\n\napp = Flask(__name__)\n"
FACTORY = "from flask import Flask\n\ndef create_app(test_config=None):\n    app = Flask(__name__)\n    return app\n"

NOT_APPLICATIONS = {
    "a blueprint alone": "from flask import Blueprint\nbp = Blueprint('bp', __name__)\n",
    "what stands for an application": "from flask import current_app\napp = current_app\n",
    "a class of the same name": "class Flask:\n    pass\n\napp = Flask()\n",
    "a relative of the framework": "from quart import Quart\nimport flask\napp = Quart(__name__)\n",
    "a docstring": '"""app = Flask(__name__)"""\nimport flask\n',
}


@pytest.mark.parametrize("source", NOT_APPLICATIONS.values(), ids=NOT_APPLICATIONS.keys())
def test_what_only_looks_like_an_application_is_none(project: Write, source: Any) -> None:
    assert analyze(project({"main.py": source})).applications == []


# Files -> (import string, whether it is a factory) of the application that is meant
CHOSEN = {
    "in the package": ({"shop/__init__.py": MODULE}, ("shop:app", False)),
    "a factory": ({"shop/__init__.py": FACTORY}, ("shop:create_app", True)),
    "a factory that a module calls": (
        {"shop/__init__.py": FACTORY, "wsgi.py": "from shop import create_app\napp = create_app()\n"},
        ("wsgi:app", False),
    ),
    "a module that only imports it, named by the environment": (
        {
            "shop/__init__.py": MODULE,
            "serve.py": "from shop import app\n",
            ".flaskenv": "FLASK_APP=serve.py\n",
        },
        ("serve:app", False),
    ),
    "a package named by the environment": (
        {
            "shop/__init__.py": FACTORY,
            "other.py": MODULE.replace("app", "other"),
            ".flaskenv": "FLASK_APP=shop\n",
        },
        ("shop:create_app", True),
    ),
    "a second application for the sake of its filters": (
        {
            "shop/__init__.py": "from shop.core import app\n",
            "shop/core.py": MODULE + "\n@app.get('/')\ndef home(): ...\n",
            "shop/filters.py": MODULE,
            "Procfile": "web: gunicorn shop:app\n",
        },
        ("shop:app", False),
    ),
    "the factory that is deployed, before a name that is not": (
        {
            "shop/__init__.py": FACTORY,
            "serve.py": "from shop import create_app\napp = create_app()\napp.run()\n",
            "start.sh": "exec gunicorn 'shop:create_app()'\n",
        },
        ("shop:create_app", True),
    ),
    "what is deployed, before what is started from code": (
        {
            "shop/__init__.py": "from shop.core import app\n",
            "shop/core.py": MODULE + "\nif __name__ == '__main__':\n    app.run()\n",
            "Procfile": "web: gunicorn shop:app\n",
        },
        ("shop:app", False),
    ),
}


@pytest.mark.parametrize(("files", "expected"), CHOSEN.values(), ids=CHOSEN.keys())
def test_the_application_that_is_meant(project: Write, files: Any, expected: Any) -> None:
    chosen = choose_application(analyze(project({"requirements.txt": "flask\n", **files})), "")
    assert (chosen.import_string, chosen.factory) == expected


MODELS = {
    "derived from an attribute of the extension": (
        "class A(db.Model):\n    pass\n\nclass B(Mixin, db.Model):\n    pass\n",
        2,
    ),
    "the project's own base between them": (
        "class Base(db.Model):\n    __abstract__ = True\n\nclass A(Base):\n    pass\n",
        1,
    ),
    "another name for the base": ("Model = db.Model\n\nclass A(Model):\n    pass\n", 1),
    "a model of something else": ("import forms\n\nclass A(forms.Model):\n    pass\n", 0),
}


@pytest.mark.parametrize(("source", "number"), MODELS.values(), ids=MODELS.keys())
def test_models_of_flask_sqlalchemy_are_counted(project: Write, source: Any, number: Any) -> None:
    files = {
        "shop/__init__.py": MODULE,
        "shop/extensions.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n",
        "shop/models.py": f"from shop.extensions import db\n\n{source}",
    }
    (found,) = analyze(project(files)).database_connections
    assert (found.type, found.target, found.models) == ("flask_sqlalchemy", "shop.extensions:db", number)


# Source -> (name, scope) of the place where the worker's object is made
WORKERS = {
    "at module level": ("worker = Celery('shop')\n", [("worker", "")]),
    "in a function": (
        "def make(app):\n    worker = Celery(app.name)\n    return worker\n",
        [("worker", "make")],
    ),
    "returned without a name": ("def make(app):\n    return Celery(app.name)\n", [("", "make")]),
    "of a class of the project": (
        "class Worker(Celery):\n    pass\n\nworker = Worker('shop')\n",
        [("worker", "")],
    ),
    "another class of the name": ("from kitchen import Celery\nworker = Celery()\n", []),
}


@pytest.mark.parametrize(("source", "expected"), WORKERS.values(), ids=WORKERS.keys())
def test_where_a_worker_is_made(project: Write, source: Any, expected: Any) -> None:
    files = {"shop.py": MODULE, "worker.py": f"import celery\nfrom celery import Celery\n{source}"}
    assert [(item.name, item.scope) for item in analyze(project(files)).workers] == expected


def test_a_worker_of_the_tests_is_left_alone(project: Write) -> None:
    files = {"shop.py": MODULE, "tests/conftest.py": "from celery import Celery\n\nworker = Celery('t')\n"}
    assert analyze(project(files)).workers == []


def test_commands_of_the_application_and_of_blueprints_are_ways_in(project: Write) -> None:
    source = (
        f"from flask import Blueprint\n{MODULE}\nbp = Blueprint('bp', __name__)\n\n"
        "@app.cli.command('seed')\ndef seed(): ...\n\n@bp.cli.group()\ndef users(): ...\n\n"
        "@other.cli.command()\ndef none_of_ours(): ...\n"
    )
    found = analyze(project({"main.py": source})).entry_points
    assert [item.detail for item in found if item.type == "cli"] == ["commands: seed, users"]
