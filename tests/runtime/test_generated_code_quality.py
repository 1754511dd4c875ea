"""The rendered files are judged by the tools that a careful team runs on its own code."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from support.environments import environment
from support.rendered import ANSWERS, EVERYTHING

from codemods.facts import train_requirements
from codemods.render import render

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.runtime

FLASK: dict[str, Any] = EVERYTHING | {
    "framework": "flask",
    "libraries": ["sqlalchemy", "flask_sqlalchemy", "flask_caching", "redis", "requests", "celery"],
    "readiness_checks": [
        {"name": "database", "type": "flask_sqlalchemy", "target": "app.extensions:db", "is_async": False},
        {"name": "reports", "type": "sqlalchemy", "target": "", "is_async": False},
        {"name": "cache", "type": "flask_caching", "target": "app.extensions:cache", "is_async": False},
    ],
}
CASES: dict[str, dict[str, Any]] = {
    "defaults": ANSWERS,
    "everything": EVERYTHING,
    "drivers-beside-sqlalchemy": EVERYTHING
    | {"libraries": ["sqlalchemy", "asyncpg", "psycopg", "psycopg2", "sqlite3", "celery"]},
    "older-fastapi": EVERYTHING | {"framework_telemetry": "contrib", "trace_database": False},
    "starlette": EVERYTHING | {"framework": "starlette", "framework_telemetry": "contrib"},
    "own-provider": EVERYTHING | {"adopt_provider": True, "metrics_port": 9464},
    "tracing-alone": EVERYTHING
    | dict.fromkeys(("metrics", "health", "profiling", "logging", "config"), False),
    "metrics-alone": EVERYTHING
    | dict.fromkeys(("tracing", "health", "profiling", "logging", "config"), False),
    "health-alone": EVERYTHING
    | dict.fromkeys(("tracing", "metrics", "profiling", "logging", "config"), False),
    "flask": FLASK,
    "flask-defaults": ANSWERS | {"framework": "flask"},
    "flask-own-provider": FLASK | {"adopt_provider": True, "metrics_port": 9464},
    "flask-tracing-alone": FLASK
    | dict.fromkeys(("metrics", "health", "profiling", "logging", "config"), False),
    "flask-metrics-alone": FLASK
    | dict.fromkeys(("tracing", "health", "profiling", "logging", "config"), False),
    "flask-health-alone": FLASK
    | dict.fromkeys(("tracing", "metrics", "profiling", "logging", "config"), False),
    "no-libraries": ANSWERS | {"tracing": False, "profile_memory": True, "track_errors": False},
}
DJANGO: dict[str, Any] = EVERYTHING | {
    "framework": "django",
    "libraries": ["django", "django_cache", "psycopg", "redis", "requests", "celery"],
}
CASES |= {
    "django": ANSWERS | {"framework": "django"},
    "django-everything": DJANGO,
    "django-beside-sqlalchemy": DJANGO | {"libraries": ["django", "django_cache", "sqlalchemy"]},
    "django-own-provider": DJANGO | {"adopt_provider": True, "metrics_port": 9464, "check_redis": False},
} | {
    f"django-{feature}-alone": DJANGO
    | dict.fromkeys({"tracing", "metrics", "health", "profiling", "logging", "config"} - {feature}, False)
    for feature in ("tracing", "metrics", "health", "logging")
}
# CPY asks for a notice of copyright, which is for the service's owner to give.
RULES = ["--select", "ALL", "--ignore", "COM812,ISC001,D203,D213,CPY"]


@pytest.fixture(params=CASES.values(), ids=list(CASES))
def rendered(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    files = render(request.param) | {"app/__init__.py": b'"""A service."""\n'}
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


def run(command: list[str], directory: Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=directory)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_ruff_finds_nothing_with_all_rules(rendered: Path) -> None:
    python = str(environment(["ruff>=0.14"]))
    check = [python, "-m", "ruff", "check", "--isolated", "--target-version", "py310", *RULES, "."]
    assert run(check, rendered) == ""
    assert run([python, "-m", "ruff", "format", "--isolated", "--check", "--diff", "."], rendered) == ""


def test_ruff_of_a_project_with_its_own_layout_and_a_newer_python_finds_nothing(rendered: Path) -> None:
    python = str(environment(["ruff>=0.14"]))
    settings = '[tool.ruff]\nline-length = 140\ntarget-version = "py314"\nformat.quote-style = "single"\n'
    rules = '[tool.ruff.lint]\nselect = ["ALL"]\nignore = ["CPY"]\n'
    (rendered / "pyproject.toml").write_text(settings + rules, encoding="utf-8")
    (rendered / "app" / "__init__.py").unlink()
    assert run([python, "-m", "ruff", "check", "--no-cache", "app"], rendered) == ""
    assert run([python, "-m", "ruff", "format", "--no-cache", "--check", "app"], rendered) == ""


def test_mypy_strict_finds_nothing(rendered: Path) -> None:
    python = str(
        environment(
            [
                *train_requirements(),
                "mypy",
                "types-PyYAML",
                "fastapi",
                "flask>=3.1",
                "sqlalchemy[asyncio]",
                "celery",
                "django",
                "django-stubs",
            ]
        )
    )
    command = [python, "-m", "mypy", "--strict", "--python-version", "3.10", "app"]
    assert run(command, rendered) == ""
