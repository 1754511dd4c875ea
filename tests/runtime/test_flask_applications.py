"""Flask applications in tests, on the command line and in several copies: set-up changes nothing for them."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from support.flask_services import ENVIRONMENT, IMPORTS, MAIN, SERVER, flask_project
from support.processes import wait_until
from support.running import serve

if TYPE_CHECKING:
    from pathlib import Path

    from support.running import Project

pytestmark = pytest.mark.runtime

# Spans are kept in the process: a provider that the service has set itself is adopted.
KEPT = """
import json

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

kept = InMemorySpanExporter()
trace.set_tracer_provider(TracerProvider())
trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(kept))


def spans():
    return [
        {"name": s.name, "status": s.attributes.get("http.response.status_code"), "error": s.attributes.get("error.type"),
         "events": [event.attributes["exception.message"] for event in s.events]}
        for s in kept.get_finished_spans()
    ]
"""
FACTORY = f"""
import asyncio
import logging

import click
from flask import Blueprint, Flask, Response, abort
{IMPORTS}


def create_app(**config):
    app = Flask(__name__)
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)
    app.config.update(config)

    @app.get("/fails")
    def fails():
        raise RuntimeError("no such luck")

    @app.get("/async/<name>")
    async def asynchronous(name):
        await asyncio.sleep(0)
        return name

    @app.get("/lines")
    def lines():
        app.logger.info("one line")
        return "lines"

    @app.cli.command("count")
    def count():
        click.echo("counted")

    return app
"""
REQUIREMENTS = ["flask[async]>=3.1"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    files = {"app/main.py": FACTORY, "kept.py": KEPT, "app/served.py": MAIN}
    return flask_project(tmp_path_factory.mktemp("flask") / "shop", files, REQUIREMENTS)


def run(shop: Project, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(shop.python), *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=shop.directory,
        env={"PATH": os.environ["PATH"], **variables},
        timeout=60,
    )


def printed(shop: Project, script: str) -> Any:
    """Run a script and read the JSON that it prints last."""
    done = run(shop, "-c", script)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_an_exception_that_a_test_asks_for_is_recorded_and_raised(shop: Project) -> None:
    found = printed(
        shop,
        """
from kept import json, spans
from app.main import create_app

client = create_app(TESTING=True).test_client()
try:
    client.get("/fails")
except RuntimeError as error:
    raised = str(error)
page = client.get("/metrics").text
print(json.dumps({"raised": raised, "spans": spans(), "counted": [l for l in page.splitlines() if "http_errors_total{" in l]}))
""",
    )
    assert found == {
        "raised": "no such luck",
        "spans": [
            {"name": "GET /fails", "status": 500, "error": "RuntimeError", "events": ["no such luck"]},
        ],
        "counted": ['http_errors_total{method="GET",route="/fails",status="5xx"} 1.0'],
    }


def test_an_exception_that_flask_answers_is_recorded_once(shop: Project) -> None:
    found = printed(
        shop,
        """
from kept import json, spans
from app.main import create_app

answer = create_app().test_client().get("/fails")
print(json.dumps([answer.status_code, answer.text and spans()]))
""",
    )
    assert found[0] == 500
    assert found[1] == [
        {"name": "GET /fails", "status": 500, "error": "RuntimeError", "events": ["no such luck"]}
    ]


def test_a_factory_is_called_for_each_test_and_each_copy_is_seen(shop: Project) -> None:
    found = printed(
        shop,
        """
from kept import json, spans
from app.main import create_app

apps = [create_app(TESTING=True) for _ in range(5)]
for app in apps:
    with app.test_client() as client:
        assert client.get("/async/x").text == "x"
        assert client.get("/health").json == {"status": "ok"}
        assert client.get("/ready").status_code == 200
page = apps[0].test_client().get("/metrics").text
line = next(l for l in page.splitlines() if l.startswith('http_requests_total{method="GET",route="/async/<name>"'))
print(json.dumps({"spans": [s["name"] for s in spans()], "line": line}))
""",
    )
    assert found["spans"] == ["GET /async/<name>"] * 5
    assert found["line"].endswith(" 5.0")


def test_a_second_set_up_of_the_same_application_changes_nothing(shop: Project) -> None:
    found = printed(
        shop,
        """
from kept import json, spans
from app.main import create_app, setup_health, setup_metrics, setup_tracing
from werkzeug.middleware.proxy_fix import ProxyFix

app = create_app()
app.wsgi_app = ProxyFix(app.wsgi_app)
setup_tracing(app); setup_metrics(app); setup_health(app)
assert app.test_client().get("/async/x").text == "x"
print(json.dumps([s["name"] for s in spans()]))
""",
    )
    assert found == ["GET /async/<name>"]


def test_set_up_that_comes_too_late_says_so(shop: Project) -> None:
    done = run(
        shop,
        "-c",
        """
from flask import Flask
from app.main import setup_logging, setup_tracing

app = Flask("late")
app.test_client().get("/")
setup_logging()
setup_tracing(app)
""",
    )
    assert "Call the set-up functions right after the application is made." in done.stderr


def test_commands_of_the_application_run_as_before(shop: Project) -> None:
    done = run(shop, "-m", "flask", "--app", "app.main", "count")
    assert (done.returncode, done.stdout, done.stderr) == (0, "counted\n", "")
    listed = run(shop, "-m", "flask", "--app", "app.main", "routes")
    assert listed.returncode == 0
    assert "/async/<name>" in listed.stdout


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("", id="Flask's logger is asked for afterwards"),
        pytest.param("Flask('app.main').logger.warning('early')", id="Flask's logger was asked for before"),
        pytest.param("logging.basicConfig()", id="the root has a handler"),
        pytest.param(
            "given = logging.getLogger('gunicorn.error'); given.addHandler(logging.StreamHandler())",
            id="the logger takes the handlers of gunicorn",
        ),
    ],
)
def test_a_line_of_the_application_is_written_once_with_its_trace(shop: Project, before: str) -> None:
    done = run(
        shop,
        "-c",
        f"""
import logging
from flask import Flask
{before}
from app.main import create_app

app = create_app()
if "given" in globals():
    app.logger.handlers = given.handlers
app.logger.setLevel("INFO")
app.test_client().get("/lines").data
""",
    )
    assert done.returncode == 0, done.stderr
    (line,) = (line for line in done.stderr.splitlines() if "one line" in line)
    entry = json.loads(line)
    assert (entry["message"], entry["level"]) == ("one line", "INFO")
    assert len(entry["trace_id"]) == 32


def test_the_reloader_of_the_debug_server_starts_the_service_anew(shop: Project) -> None:
    variables = {"FLASK_APP": "app.served"}
    with serve(shop, ["flask", "run", "--port", "{port}", "--debug"], variables) as running:
        assert running.request("/").status == 200
        (shop.directory / "app/served.py").touch()
        wait_until(lambda: "Detected change" in running.process.output(), what="a reload")
        wait_until(lambda: running.request("/").status == 200, what="an answer")
        assert running.request("/metrics").status == 200
        assert "Traceback" not in running.process.output()


READINESS = f"""
import time

from flask import Flask, current_app
{IMPORTS}

started = {{"sync": 0, "async": 0}}
mood = {{"sync": "well", "async": "well"}}


def behave(kind):
    started[kind] += 1
    if mood[kind] == "failing":
        raise RuntimeError("password=secret")


def check_sync():
    behave("sync")
    assert current_app.name == "app.main"
    if mood["sync"] == "hanging":
        time.sleep(60)


async def check_async():
    import asyncio

    behave("async")
    if mood["async"] == "hanging":
        await asyncio.sleep(60)


app = Flask(__name__)
setup_health(app)
add_check("sync", check_sync)
add_check("async", check_async)
add_check("awaitable", lambda: check_async())


@app.get("/mood/<kind>/<value>")
def change(kind, value):
    mood[kind] = value
    return ""


@app.get("/started")
def count():
    return started
"""


def test_readiness_names_what_fails_and_starts_no_hanging_check_twice(tmp_path: Path) -> None:
    config = "health: {timeout_seconds: 0.3, cache_seconds: 0.0}\n"
    files = {"app/main.py": READINESS, "config/instrumentation.yaml": config}
    with serve(flask_project(tmp_path / "shop", files, ["flask>=3.1"]), SERVER, ENVIRONMENT) as running:
        well = {"sync": "ok", "async": "ok", "awaitable": "ok"}
        assert running.request("/ready").json() == {"status": "ok", "checks": well}
        running.request("/mood/sync/failing")
        answer = running.request("/ready")
        assert (answer.status, answer.json()["checks"]) == (503, {**well, "sync": "failed"})
        assert "secret" not in answer.body
        assert running.request("/health").status == 200

        running.request("/mood/sync/hanging")
        running.request("/mood/async/hanging")
        before = running.request("/started").json()
        for _ in range(3):
            answer = running.request("/ready")
            assert (answer.status, answer.json()["checks"]) == (503, dict.fromkeys(well, "failed"))
            assert answer.seconds < 1.5
        assert running.request("/started").json()["sync"] == before["sync"] + 1

        running.request("/mood/async/well")
        checks = wait_until(
            lambda: (found := running.request("/ready").json()["checks"])["async"] == "ok" and found,
            what="the asynchronous checks pass",
        )
        assert (checks["async"], checks["awaitable"]) == ("ok", "ok")
        assert "password=secret" in running.process.output()
