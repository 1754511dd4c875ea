"""The proof of a Django service: what starts it, which hosts it answers to, and set-up that comes too late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.django_project import ANSWERS, FILES, django_project, migrate

from codemods.analysis.model import Analysis, Application, Connection, Endpoint, Package
from codemods.errors import UsageError
from codemods.render import render
from codemods.verification.run import Verification, verify_project

if TYPE_CHECKING:
    from pathlib import Path

    from support.running import Project

pytestmark = pytest.mark.runtime

DJANGO = "django==5.2.*"
ROUTES = (
    "/",
    "/orders/<int:pk>/",
    "/api/v1/items/<slug:name>/",
    "/api/v1/old/<year>/",
    "/cached/",
    "/raw/",
    "/missing/<int:pk>/",
)
OPEN = FILES["config/settings.py"].replace('["shop.example"]', '["127.0.0.1"]')


def proof(project: Project, kind: str, **parameters: Any) -> Verification:
    """Verify a project as the tool does it, with what the analysis says of it."""
    file = f"config/{kind}.py"
    lines = (project.directory / file).read_text().splitlines()
    made = next(number for number, line in enumerate(lines, 1) if f"get_{kind}_application()" in line)
    application = Application(
        file,
        f"config.{kind}",
        "application",
        "",
        made,
        "django",
        f"django.core.{kind}.get_{kind}_application",
        import_string=f"config.{kind}:application",
    )
    analysis = Analysis(
        str(project.directory),
        framework="django",
        package=Package(".", "config", "config"),
        endpoints=[Endpoint("GET", path, "shop/views.py", "view", 1) for path in ROUTES],
        database_connections=[Connection("config/settings.py", "django")],
    )
    # What apply records.
    answers = {
        "tracing": True,
        "metrics": True,
        "health": True,
        "logging": True,
        "service_name": "shop",
        **ANSWERS,
    }
    return verify_project(
        project.directory,
        analysis,
        answers,
        application=application,
        python=str(project.python),
        **parameters,
    )


@pytest.mark.parametrize(
    ("kind", "server", "command"),
    [
        pytest.param("wsgi", "gunicorn", "-m gunicorn config.wsgi:application", id="gunicorn where it is"),
        pytest.param("wsgi", "setuptools", "wsgiref", id="no server at all"),
        pytest.param("asgi", "uvicorn", "-m uvicorn config.asgi:application", id="uvicorn for asgi.py"),
        pytest.param("asgi", "daphne", "-m daphne", id="daphne for asgi.py"),
    ],
)
def test_a_service_is_proven_with_the_server_that_it_has(
    tmp_path: Path, kind: str, server: str, command: str
) -> None:
    project = django_project(tmp_path / "shop", DJANGO, server, files={"config/settings.py": OPEN})
    migrate(project)
    found = proof(project, kind)
    assert command in found.command
    assert {(check.name, check.outcome) for check in found.checks if check.outcome != "passed"} == set(), (
        found.checks
    )


def test_a_service_is_proven_that_stands_in_a_folder(tmp_path: Path) -> None:
    project = django_project(tmp_path / "shop", DJANGO, files={"config/settings.py": OPEN})
    inside = project.directory / "backend"
    inside.mkdir()
    for name in ("config", "shop", "manage.py"):
        (project.directory / name).rename(inside / name)
    application = Application(
        "backend/config/wsgi.py",
        "config.wsgi",
        "application",
        "",
        16,
        "django",
        "django.core.wsgi.get_wsgi_application",
        import_string="config.wsgi:application",
    )
    analysis = Analysis(
        str(project.directory),
        framework="django",
        package=Package("backend", "config", "backend/config"),
        endpoints=[Endpoint("GET", "/", "shop/views.py", "root", 1)],
    )
    answers = {"tracing": True, "metrics": True, "service_name": "shop", **ANSWERS}
    found = verify_project(
        project.directory, analysis, answers, application=application, python=str(project.python)
    )
    assert found.passed, found.checks


def test_an_application_for_asgi_without_a_server_for_it_says_so(tmp_path: Path) -> None:
    project = django_project(tmp_path / "shop", DJANGO, "setuptools", files={"config/settings.py": OPEN})
    with pytest.raises(
        UsageError, match=r"no server for config\.asgi:application is installed: uvicorn, daphne"
    ):
        proof(project, "asgi")


def test_settings_for_production_say_why_no_route_is_reached_and_how_to_reach_them(tmp_path: Path) -> None:
    settings = FILES["config/settings.py"] + (
        'SECURE_SSL_REDIRECT = True\nSECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")\n'
    )
    project = django_project(tmp_path / "shop", DJANGO, files={"config/settings.py": settings})
    migrate(project)
    refused = proof(project, "wsgi")
    said = [str(check) for check in refused.checks if not check.passed]
    assert len(said) == 2
    assert all("does not answer to the host 127.0.0.1" in line and "--headers" in line for line in said), said
    redirected = proof(project, "wsgi", headers=["Host: shop.example"])
    said = [str(check) for check in redirected.checks if not check.passed]
    assert len(said) == 2
    assert all("redirected" in line and "X-Forwarded-Proto" in line for line in said), said
    reached = proof(project, "wsgi", headers=["X-Forwarded-Proto: https", "Host: shop.example"])
    assert reached.passed, reached.checks


def test_set_up_behind_the_application_is_named_as_too_late(tmp_path: Path) -> None:
    made = "application = get_wsgi_application()\n"
    late = (
        FILES["config/wsgi.py"].replace(made, "").replace("setup_logging()\n", f"{made}setup_logging()\n", 1)
    )
    files = {"config/settings.py": OPEN, "config/wsgi.py": late}
    found = proof(django_project(tmp_path / "shop", DJANGO, files=files), "wsgi")
    assert not found.passed
    said = {check.name: str(check) for check in found.checks if not check.passed}
    assert (
        "setup_tracing, setup_metrics, setup_health in the module (config/wsgi.py:"
        in said["set-up comes before the first request"]
    )
    assert "before `application = get_wsgi_application(...)` in config/wsgi.py" in said["spans arrive"]


def test_the_template_renders_nothing_of_django_for_other_frameworks() -> None:
    names = {name.rpartition("/")[2] for name in render({"service_name": "shop", "framework": "fastapi"})}
    assert not names & {
        "startup.py",
        "middleware.py",
        "orm.py",
        "orm_checks.py",
        "commands.py",
        "lifespan.py",
    }
