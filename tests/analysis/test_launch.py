"""Launch commands as projects write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codemods.analysis import analyze
from codemods.analysis.commands import parse_command

if TYPE_CHECKING:
    from support.trees import Write


APP = "from fastapi import FastAPI\napp = FastAPI()\n"

NO_SERVER = {
    "a test run": "pytest -q",
    "an installation": "pip install uvicorn gunicorn",
    "an echo": "echo uvicorn main:app",
    "a version": "which uvicorn",
    "another command of flask": "flask db upgrade",
    "a help text": "flask --help",
    "nothing": "",
    "only an assignment": "A=uvicorn",
    "unbalanced quotes": 'echo "never closed',
}


@pytest.mark.parametrize("text", NO_SERVER.values(), ids=NO_SERVER.keys())
def test_what_starts_nothing_is_no_launch(text: Any) -> None:
    assert parse_command("f", text) == []


# command -> (server, target, factory, workers, preload, reload, directory)
COMMANDS = {
    "uvicorn app.main:app": ("uvicorn", "app.main:app", False, 1, False, False, ""),
    "uvicorn --host 0.0.0.0 --port 80 app.main:app --workers 4": (
        "uvicorn",
        "app.main:app",
        False,
        4,
        False,
        False,
        "",
    ),
    "uvicorn app.main:create_app --factory --reload": (
        "uvicorn",
        "app.main:create_app",
        True,
        1,
        False,
        True,
        "",
    ),
    "uvicorn main:app --app-dir=src": ("uvicorn", "main:app", False, 1, False, False, "src"),
    "python -m uvicorn main:app": ("uvicorn", "main:app", False, 1, False, False, ""),
    "/opt/venv/bin/python3.12 -m uvicorn main:app": ("uvicorn", "main:app", False, 1, False, False, ""),
    "gunicorn -w 4 -k uvicorn.workers.UvicornWorker main:app": (
        "gunicorn",
        "main:app",
        False,
        4,
        False,
        False,
        "",
    ),
    "gunicorn -w4 --preload -b :8000 main:app": ("gunicorn", "main:app", False, 4, True, False, ""),
    "gunicorn -b localhost:8000 --chdir src 'shop:create_app()'": (
        "gunicorn",
        "shop:create_app",
        True,
        1,
        False,
        False,
        "src",
    ),
    "gunicorn shop.wsgi": ("gunicorn", "shop.wsgi:application", False, 1, False, False, ""),
    "gunicorn --workers=$(nproc) main:app": ("gunicorn", "main:app", False, 2, False, False, ""),
    "gunicorn -w ${WORKERS:-3} main:app": ("gunicorn", "main:app", False, 3, False, False, ""),
    "WEB_CONCURRENCY=5 gunicorn main:app": ("gunicorn", "main:app", False, 5, False, False, ""),
    "hypercorn -w 2 main:app": ("hypercorn", "main:app", False, 2, False, False, ""),
    "granian --interface asgi main:app --workers 2": ("granian", "main:app", False, 2, False, False, ""),
    "fastapi run app/main.py --workers 4": ("fastapi", "app.main:app", False, 4, False, False, ""),
    "fastapi dev": ("fastapi", "", False, 1, False, True, ""),
    "fastapi run src/shop/api.py --app api": ("fastapi", "src.shop.api:api", False, 1, False, False, ""),
    "celery -A worker.celery worker -l info -c 4": ("celery", "worker.celery", False, 4, False, False, ""),
    "celery --app=shop.tasks:app beat": ("celery", "shop.tasks:app", False, 1, False, False, ""),
    "rq worker high --url redis://r": ("rq", "", False, 1, False, False, ""),
    "python -m shop.server": ("python", "shop.server", False, 1, False, False, ""),
    "python run.py": ("python", "run", False, 1, False, False, ""),
    "poetry run uvicorn main:app": ("uvicorn", "main:app", False, 1, False, False, ""),
    "uv run --no-dev --with x uvicorn main:app": ("uvicorn", "main:app", False, 1, False, False, ""),
    "pipenv run gunicorn main:app": ("gunicorn", "main:app", False, 1, False, False, ""),
    "env A=1 exec uvicorn main:app": ("uvicorn", "main:app", False, 1, False, False, ""),
    "ddtrace-run uvicorn main:app": ("uvicorn", "main:app", False, 1, False, False, ""),
    "opentelemetry-instrument --traces_exporter otlp uvicorn main:app": (
        "uvicorn",
        "main:app",
        False,
        1,
        False,
        False,
        "",
    ),
    "newrelic-admin run-program gunicorn main:app": ("gunicorn", "main:app", False, 1, False, False, ""),
    "sh -c 'alembic upgrade head && uvicorn main:app'": ("uvicorn", "main:app", False, 1, False, False, ""),
    'bash -lc "exec uvicorn main:app --reload"': ("uvicorn", "main:app", False, 1, False, True, ""),
    "cd backend && uvicorn app.main:app": ("uvicorn", "app.main:app", False, 1, False, False, "backend"),
    "wait-for-it.sh db:5432 -- uvicorn main:app": ("uvicorn", "main:app", False, 1, False, False, ""),
    "tini -- uvicorn main:app": ("uvicorn", "main:app", False, 1, False, False, ""),
    "flask --app shop run --host 0.0.0.0": ("flask", "shop", False, 1, False, False, ""),
    "flask --app 'shop:create_app(\"test\")' --debug run": (
        "flask",
        "shop:create_app",
        True,
        1,
        False,
        True,
        "",
    ),
    "FLASK_APP=src/shop.py flask run": ("flask", "src.shop", False, 1, False, False, ""),
    "python -m flask -A shop.web:app run -p 80": ("flask", "shop.web:app", False, 1, False, False, ""),
    "waitress-serve --listen '*:80' --call shop:create_app": (
        "waitress-serve",
        "shop:create_app",
        True,
        1,
        False,
        False,
        "",
    ),
    "python -m waitress --threads 8 wsgi:app": ("waitress-serve", "wsgi:app", False, 1, False, False, ""),
    "uwsgi --http :80 --master -p 4 -w wsgi:app": ("uwsgi", "wsgi:app", False, 4, False, False, ""),
    "uwsgi --socket s.sock --wsgi-file web/wsgi.py --callable app": (
        "uwsgi",
        "web.wsgi:app",
        False,
        1,
        False,
        False,
        "",
    ),
    "uwsgi --module config.wsgi": ("uwsgi", "config.wsgi:application", False, 1, False, False, ""),
    "uwsgi --mount /shop=wsgi:app --processes=2": ("uwsgi", "wsgi:app", False, 2, False, False, ""),
    "mod_wsgi-express start-server wsgi.py --processes 3": (
        "mod_wsgi-express",
        "wsgi:application",
        False,
        3,
        False,
        False,
        "",
    ),
    "hypercorn wsgi:shop:app": ("hypercorn", "shop:app", False, 1, False, False, ""),
    "daphne -b 0.0.0.0 -p 80 config.asgi:application": (
        "daphne",
        "config.asgi:application",
        False,
        1,
        False,
        False,
        "",
    ),
    "python manage.py runserver 0.0.0.0:80": ("runserver", "manage", False, 1, False, True, ""),
    "./manage.py runserver_plus --noreload": ("runserver", "manage", False, 1, False, False, ""),
}


@pytest.mark.parametrize(("text", "expected"), COMMANDS.items(), ids=COMMANDS.keys())
def test_command_lines(text: Any, expected: Any) -> None:
    found = parse_command("f", text)
    assert [
        (item.server, item.target, item.factory, item.workers, item.preload, item.reload, item.directory)
        for item in found
    ] == [expected]


# files -> (file, server, target, workers)
PLACES = {
    "Dockerfile, JSON": (
        {"Dockerfile": 'FROM python\nCMD ["uvicorn", "main:app", "--workers", "2"]\n'},
        ("Dockerfile", "uvicorn", "main:app", 2),
    ),
    "Dockerfile, shell": (
        {"Dockerfile": "FROM python\nCMD uvicorn main:app \\\n  --workers 2\n"},
        ("Dockerfile", "uvicorn", "main:app", 2),
    ),
    "Dockerfile, entry point and arguments": (
        {"Dockerfile": 'FROM python\nENTRYPOINT ["uvicorn"]\nCMD ["main:app"]\n'},
        ("Dockerfile", "uvicorn", "main:app", 1),
    ),
    "Dockerfile, last stage": (
        {
            "Dockerfile": 'FROM python AS dev\nCMD ["uvicorn", "other:app"]\nFROM python\nCMD ["uvicorn", "main:app"]\n'
        },
        ("Dockerfile", "uvicorn", "main:app", 1),
    ),
    "Dockerfile, command of the stage it builds on": (
        {"Dockerfile": 'FROM python AS base\nCMD ["uvicorn", "main:app"]\nFROM base AS prod\nRUN true\n'},
        ("Dockerfile", "uvicorn", "main:app", 1),
    ),
    "Dockerfile, workers from ENV": (
        {"Dockerfile": "FROM python\nENV WEB_CONCURRENCY=3\nCMD gunicorn main:app\n"},
        ("Dockerfile", "gunicorn", "main:app", 3),
    ),
    "Dockerfile, sh -c": (
        {"Dockerfile": 'FROM python\nCMD ["sh", "-c", "uvicorn main:app --port $PORT"]\n'},
        ("Dockerfile", "uvicorn", "main:app", 1),
    ),
    "uwsgi.ini": (
        {"uwsgi.ini": "[uwsgi]\nbase = web\nmodule = %(base)\ncallable = app\nprocesses = 4\n"},
        ("uwsgi.ini", "uwsgi", "web:app", 4),
    ),
    "an ini file of uWSGI by another name": (
        {"deploy/shop.ini": "[uwsgi]\nwsgi-file = main.py\ncallable = app\n"},
        ("deploy/shop.ini", "uwsgi", "main:app", 1),
    ),
    "uwsgi.yml": (
        {"uwsgi.yml": "uwsgi:\n  module: main:app\n  processes: 2\n"},
        ("uwsgi.yml", "uwsgi", "main:app", 2),
    ),
    "a script of mod_wsgi": (
        {"shop.wsgi": "import sys\nsys.path.insert(0, '/srv')\nfrom main import app as application\n"},
        ("shop.wsgi", "mod_wsgi-express", "main:app", 1),
    ),
    "a script of mod_wsgi with a factory": (
        {"shop.wsgi": "from main import create_app\napplication = create_app()\n"},
        ("shop.wsgi", "mod_wsgi-express", "main:create_app", 1),
    ),
    ".flaskenv": (
        {".flaskenv": "# settings\nFLASK_APP='main:app'\nFLASK_DEBUG=1\n"},
        (".flaskenv", "flask", "main:app", 1),
    ),
    "Procfile": ({"Procfile": "web: gunicorn -w 2 main:app\n"}, ("Procfile", "gunicorn", "main:app", 2)),
    "compose, text": (
        {"compose.yml": "services:\n  web:\n    build: .\n    command: uvicorn main:app --reload\n"},
        ("compose.yml", "uvicorn", "main:app", 1),
    ),
    "compose, list": (
        {"docker-compose.prod.yaml": "services:\n  web:\n    command: [uvicorn, main:app]\n"},
        ("docker-compose.prod.yaml", "uvicorn", "main:app", 1),
    ),
    "compose, with tags": (
        {"compose.yml": "services:\n  web:\n    ports: !reset []\n    command: uvicorn main:app\n"},
        ("compose.yml", "uvicorn", "main:app", 1),
    ),
    "Makefile": (
        {"Makefile": "run:\n\t@uvicorn main:app --reload\n"},
        ("Makefile", "uvicorn", "main:app", 1),
    ),
    "script": (
        {"scripts/start.sh": "#!/bin/sh\nset -e\nexec uvicorn main:app\n"},
        ("scripts/start.sh", "uvicorn", "main:app", 1),
    ),
    "script with a variable": (
        {"start.sh": "WORKERS=4\nexec gunicorn -w $WORKERS main:app\n"},
        ("start.sh", "gunicorn", "main:app", 4),
    ),
    "project script": (
        {"pyproject.toml": '[project]\nname = "x"\n[project.scripts]\nshop = "main:run"\n'},
        ("pyproject.toml", "script", "main:run", 1),
    ),
    "poetry script": (
        {"pyproject.toml": '[tool.poetry]\nname = "x"\n[tool.poetry.scripts]\nshop = "main:run"\n'},
        ("pyproject.toml", "script", "main:run", 1),
    ),
    "pdm script": (
        {"pyproject.toml": '[tool.pdm.scripts]\nstart = {cmd = "uvicorn main:app"}\n'},
        ("pyproject.toml", "uvicorn", "main:app", 1),
    ),
    "gunicorn configuration alone": (
        {
            "gunicorn.conf.py": 'import multiprocessing\nwsgi_app = "main:app"\nworkers = multiprocessing.cpu_count() * 2\n'
        },
        ("gunicorn.conf.py", "gunicorn", "main:app", 2),
    ),
}


@pytest.mark.parametrize(("files", "expected"), PLACES.values(), ids=PLACES.keys())
def test_places(project: Write, files: Any, expected: Any) -> None:
    found = analyze(project({"main.py": APP, **files})).launch_commands
    assert [(item.file, item.server, item.target, item.workers) for item in found] == [expected]


def test_gunicorn_configuration_completes_the_command_that_uses_it(project: Write) -> None:
    root = project(
        {
            "main.py": APP,
            "gunicorn.conf.py": 'workers = 3\npreload_app = True\nwsgi_app = "main:app"\n',
            "Procfile": "web: gunicorn -k uvicorn.workers.UvicornWorker\n",
        }
    )
    found = analyze(root).launch_commands
    assert [(item.file, item.target, item.workers, item.preload) for item in found] == [
        ("Procfile", "main:app", 3, True)
    ]


def test_a_server_started_from_code(project: Write) -> None:
    root = project(
        {
            "app/__init__.py": "",
            "app/main.py": """
            import uvicorn
            from fastapi import FastAPI
            app = FastAPI()

            def main():
                uvicorn.run("app.main:app", workers=4, reload=False)

            if __name__ == "__main__":
                uvicorn.run(app)
            """,
        }
    )
    found = analyze(root).launch_commands
    assert [(item.server, item.target, item.workers) for item in found] == [
        ("uvicorn", "app.main:app", 4),
        ("uvicorn", "app.main:app", 1),
    ]


BROKEN = {
    "YAML": {"compose.yml": "services: [unclosed\n"},
    "YAML that is a list": {"compose.yml": "- a\n- b\n"},
    "YAML with odd services": {"compose.yml": "services:\n  web: 3\n  other: null\n"},
    "TOML": {"pyproject.toml": "[project\n"},
    "JSON form": {"Dockerfile": "FROM python\nCMD [uvicorn\n"},
    "Dockerfile without FROM": {"Dockerfile": "CMD uvicorn main:app\n"},
    "empty files": {
        "Dockerfile": "",
        "Procfile": "",
        "compose.yml": "",
        "pyproject.toml": "",
        "Makefile": "",
    },
    "bytes that are no text": {"Procfile": b"web: \xff\xfe\x00", "Dockerfile": b"\xff\xfe\x00"},
}


@pytest.mark.parametrize("files", BROKEN.values(), ids=BROKEN.keys())
def test_broken_files_never_stop_the_analysis(project: Write, files: Any) -> None:
    analysis = analyze(project({"main.py": APP, **files}))
    assert [item.import_string for item in analysis.applications] == ["main:app"]
    assert analysis.launch_commands == []


def test_broken_yaml_is_reported(project: Write) -> None:
    skipped = analyze(project({"main.py": APP, "compose.yml": "services: [unclosed\n"})).skipped_files
    assert [item.file for item in skipped] == ["compose.yml"]
    assert skipped[0].reason.startswith("not readable as YAML")


def test_the_directory_is_where_the_target_is_found(project: Write) -> None:
    root = project(
        {
            "backend/app/__init__.py": "",
            "backend/app/main.py": APP,
            "backend/Dockerfile": 'FROM python\nWORKDIR /srv\nCMD ["uvicorn", "app.main:app"]\n',
            "compose.yml": "services:\n  api:\n    build: ./backend\n",
            "compose.override.yml": "services:\n  api:\n    command: uvicorn app.main:app --reload\n",
        }
    )
    found = analyze(root).launch_commands
    assert [(item.file, item.directory) for item in found] == [
        ("backend/Dockerfile", "backend"),
        ("compose.override.yml", "backend"),
    ]


def test_flask_run_loads_what_the_environment_file_names(project: Write) -> None:
    files = {".flaskenv": "FLASK_APP=shop.web\n", "Procfile": "web: flask run\n", "shop/web.py": ""}
    assert {(item.file, item.target) for item in analyze(project(files)).launch_commands} == {
        (".flaskenv", "shop.web"),
        ("Procfile", "shop.web"),
    }


def test_flask_run_loads_the_usual_file_where_nothing_is_named(project: Write) -> None:
    files = {
        "Procfile": "web: flask run\n",
        "app.py": "from flask import Flask\n\nserver = Flask(__name__)\n",
    }
    analysis = analyze(project(files))
    assert [item.target for item in analysis.launch_commands] == ["app"]
    assert analysis.applications[0].import_string == "app:server"


def test_an_ini_file_of_something_else_starts_nothing(project: Write) -> None:
    files = {"alembic.ini": "[alembic]\nmodule = main:app\n", "main.py": APP, "tox.ini": "not an ini file"}
    assert analyze(project(files)).launch_commands == []


# Source of main.py -> (server, target), reload
FROM_CODE = {
    "the development server": ("app.run(debug=True)\n", ("flask", "main:app"), True),
    "waitress": ("import waitress\nwaitress.serve(app, port=80)\n", ("waitress", "main:app"), False),
    "gevent": (
        "from gevent.pywsgi import WSGIServer\nWSGIServer(('', 80), app).serve_forever()\n",
        ("gevent", "main:app"),
        False,
    ),
    "the server of the standard library": (
        "from wsgiref.simple_server import make_server\nmake_server('', 80, app)\n",
        ("wsgiref", "main:app"),
        False,
    ),
}


@pytest.mark.parametrize(("source", "expected", "reload"), FROM_CODE.values(), ids=FROM_CODE.keys())
def test_servers_that_are_started_from_code(project: Write, source: Any, expected: Any, reload: Any) -> None:
    root = project({"main.py": f"from flask import Flask\napp = Flask(__name__)\n{source}"})
    found = analyze(root).launch_commands
    assert [((item.server, item.target), item.reload) for item in found] == [(expected, reload)]
