"""Django: one span and one measurement a request, over its versions, under WSGI and under ASGI."""

from __future__ import annotations

import json
import shutil
import uuid
from collections import Counter
from pathlib import Path

import pytest
from support.django_project import ASGI, SHOP, WSGI, ask, django_project, migrate, server_spans
from support.running import serve

from codemods.verification.receiver import OtlpReceiver

pytestmark = pytest.mark.runtime

ENDPOINTS = ("/health", "/ready", "/metrics")
# What is asked for: the name of its span, and its status.
ASKED = {
    "/": ("GET /", 200),
    "/orders/7/": ("GET /orders/<int:pk>/", 200),
    "/orders/7": ("GET", 301),
    "/async/7/": ("GET /async/<int:pk>/", 200),
    "/api/v1/items/lamp/": ("GET /api/v1/items/<slug:name>/", 200),
    "/api/v1/old/2020/": ("GET /api/v1/old/<year>/", 200),
    "/legacy/old/2020/": ("GET /legacy/old/<year>/", 200),
    "/broken/": ("GET /broken/", 500),
    "/async-broken/": ("GET /async-broken/", 500),
    "/stream/": ("GET /stream/", 200),
    "/async-stream/": ("GET /async-stream/", 200),
    "/file/": ("GET /file/", 200),
    "/cached/": ("GET /cached/", 200),
    "/async-cached/": ("GET /async-cached/", 200),
    "/raw/": ("GET /raw/", 200),
    "/missing/3/": ("GET /missing/<int:pk>/", 404),
    "/none/": ("GET", 404),
}


def interpreter(*versions: str) -> str:
    """Return an interpreter of one of some versions; Django 6 wants a newer one than this suite may run with."""
    for version in versions:
        installed = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        if found := str(installed[-1]) if installed else shutil.which(f"python{version}"):
            return found
    pytest.skip(f"no Python {' or '.join(versions)} on this machine")


@pytest.mark.parametrize("command", [WSGI, ASGI], ids=["wsgi", "asgi"])
@pytest.mark.parametrize(
    ("django", "pythons"),
    [
        pytest.param("django==4.2.*", ["3.10", "3.11"], id="4.2"),
        pytest.param("django==5.2.*", ["3.11", "3.12"], id="5.2"),
        pytest.param("django>=6", ["3.13", "3.12", "3.14"], id="newest"),
    ],
)
def test_each_request_has_one_span_named_by_its_route(
    tmp_path: Path, django: str, pythons: list[str], command: list[str]
) -> None:
    project = django_project(tmp_path / "shop", django, command[0], python=interpreter(*pythons))
    migrate(project)
    with OtlpReceiver() as receiver:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        with serve(project, command, variables) as running:
            assert {path: ask(running, path)[0] for path in ASKED} == {
                path: status for path, (_, status) in ASKED.items()
            }
            answers = {path: ask(running, path, {"Host": "wrong.example"}) for path in ENDPOINTS}
            metrics = ask(running, "/metrics", {**SHOP, "Accept": "text/plain"})[1]
            receiver.wait_for(lambda found: len(server_spans(found)) >= len(ASKED), 10)
        spans = receiver.spans()

    assert {path: status for path, (status, _) in answers.items()} == dict.fromkeys(ENDPOINTS, 200)
    assert json.loads(answers["/ready"][1])["checks"] == {"database": "ok", "database_reports": "ok"}
    assert Counter(span.name for span in server_spans(spans)) == Counter(name for name, _ in ASKED.values())
    named = {str(span.attributes["url.path"]): span for span in server_spans(spans)}
    assert {path: named[path].attributes["http.response.status_code"] for path in ASKED} == {
        path: status for path, (_, status) in ASKED.items()
    }
    assert named["/broken/"].attributes["error.type"] == "RuntimeError"
    assert named["/async-broken/"].attributes["error.type"] == "RuntimeError"
    below = Counter(
        next((path for path, span in named.items() if span.span_id == query.parent_id), "nowhere")
        for query in spans
        if query.kind == "client"
    )
    assert below == {
        "/orders/7/": 1, "/async/7/": 1, "/stream/": 3, "/async-stream/": 3, "/raw/": below["/raw/"]
    }  # fmt: skip
    statements = [query for query in spans if query.parent_id == named["/raw/"].span_id]
    batch = next(query for query in statements if query.name.startswith("INSERT"))
    assert (batch.name, batch.attributes["db.operation.batch.size"]) == ("INSERT reports.sqlite3", 3)
    assert batch.attributes["db.query.text"] == "INSERT INTO t VALUES (%s, ?)"
    assert 'http_requests_total{method="GET",route="/orders/<int:pk>/",status="2xx"} 1.0' in metrics
    assert 'cache_hits_total{cache="default",result="hit"} 6.0' in metrics
    assert 'cache_hits_total{cache="default",result="miss"} 7.0' in metrics
    assert 'database_queries_total{operation="SELECT",system="sqlite"} 8.0' in metrics
    log = running.process.output()
    assert not [line for line in log.splitlines() if "/metrics" in line or "/health" in line]
    line = next(json.loads(line) for line in log.splitlines() if "the root was asked for" in line)
    assert line["trace_id"] == named["/"].trace_id
    line = next(json.loads(line) for line in log.splitlines() if "Not Found: /none/" in line)
    assert line["trace_id"] == named["/none/"].trace_id


@pytest.mark.parametrize("command", [WSGI, ASGI], ids=["wsgi", "asgi"])
def test_endpoints_answer_whatever_the_project_demands_of_a_request(
    tmp_path: Path, command: list[str]
) -> None:
    settings = """
from config.base import *

SECURE_SSL_REDIRECT = True
FORCE_SCRIPT_NAME = "/shop"
MIDDLEWARE += ("django.middleware.locale.LocaleMiddleware", "config.login.demand")
"""
    login = """
from django.http import HttpResponseForbidden


def demand(get_response):
    return lambda request: HttpResponseForbidden("log in")
"""
    base = django_project(tmp_path / "bare").directory / "config" / "settings.py"
    files = {"config/settings.py": settings, "config/base.py": base.read_text(), "config/login.py": login}
    project = django_project(tmp_path / "shop", "django>=5.2,<6", command[0], files=files)
    with OtlpReceiver() as receiver:
        with serve(project, command, {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}) as running:
            assert [ask(running, path, {"Host": "10.0.0.7"})[0] for path in ENDPOINTS] == [200] * 3
            assert [ask(running, path, method="HEAD") for path in ("/health", "/ready")] == [(200, "")] * 2
            assert ask(running, "/health", method="POST")[0] in (301, 403)
            assert ask(running, "/")[0] in (301, 403)
            metrics = ask(running, "/metrics", {**SHOP, "Accept": "text/plain"})[1]
        assert len(server_spans(receiver.spans())) == 2
    assert metrics.count("http_requests_total{") == 2
    assert 'route="unmatched"' in metrics


@pytest.mark.parametrize("command", [WSGI, ASGI], ids=["wsgi", "asgi"])
def test_a_thousand_addresses_that_somebody_makes_up_add_one_series(
    tmp_path: Path, command: list[str]
) -> None:
    project = django_project(tmp_path / "shop", "django>=5.2,<6", command[0], sampling_rate=0.0)
    plain = {**SHOP, "Accept": "text/plain"}
    with serve(project, command, {}) as running:
        ask(running, "/")
        before = ask(running, "/metrics", plain)[1].count("http_requests_total{")
        for _ in range(1000):
            ask(running, f"/{uuid.uuid4()}")
        metrics = ask(running, "/metrics", plain)[1]
    assert metrics.count("http_requests_total{") - before == 1
    assert 'http_requests_total{method="GET",route="unmatched",status="4xx"} 1000.0' in metrics
    # Nobody takes spans, and nothing is said about it but once.
    assert running.process.output().count("does not take spans") <= 1
    assert "Traceback" not in running.process.output()


def test_runserver_serves_with_its_reloader_and_static_files(tmp_path: Path) -> None:
    files = {
        "config/urls.py": "from django.urls import path\nfrom shop import views\nurlpatterns = [path('', views.root)]\n",
        "config/settings.py": django_project(tmp_path / "bare")
        .directory.joinpath("config/settings.py")
        .read_text()
        + "DEBUG = True\nINSTALLED_APPS += ('django.contrib.staticfiles',)\nSTATIC_URL = '/static/'\n",
    }
    project = django_project(tmp_path / "shop", files=files)
    with OtlpReceiver() as receiver:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        # `serve` runs modules, and manage.py is one.
        with serve(project, ["manage", "runserver", "{port}"], variables) as running:
            assert ask(running, "/")[0] == 200
            assert ask(running, "/metrics")[0] == 200
            receiver.wait_for(lambda found: bool(server_spans(found)), 10)
        assert [span.name for span in receiver.spans()] == ["GET /"]
    lines = [line for line in running.process.output().splitlines() if "GET / HTTP" in line]
    assert len(lines) == 1
    assert json.loads(lines[0])["logger"] == "django.server"
    assert running.process.output().count("the root was asked for") == 1
    assert "/health" not in running.process.output()
