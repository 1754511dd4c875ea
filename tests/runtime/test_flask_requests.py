"""One span and one count a request of a Flask application, named by its rule: over Flask's versions."""

from __future__ import annotations

import http.client
import json
import uuid
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest
from support.flask_services import ENVIRONMENT, IMPORTS, MAIN, SERVER, SETUP, flask_project
from support.processes import wait_until
from support.running import serve

from codemods.verification.receiver import OtlpReceiver

if TYPE_CHECKING:
    from pathlib import Path

    from support.running import Service

pytestmark = pytest.mark.runtime

NEWEST = ["flask>=3.1"]
VERSIONS = [
    pytest.param(
        ["flask==1.1.4", "werkzeug==1.0.1", "jinja2<3", "markupsafe<2.1", "itsdangerous<2.1"], id="1.1"
    ),
    pytest.param(["flask==2.0.3", "werkzeug==2.0.3"], id="2.0"),
    pytest.param(["flask==2.2.5", "werkzeug==2.2.3"], id="2.2, without blinker"),
    pytest.param(["flask==2.3.3", "werkzeug==2.3.8"], id="2.3"),
    pytest.param(["flask==3.0.3", "werkzeug==3.0.6"], id="3.0"),
    pytest.param(NEWEST, id="newest"),
]
ORDER = "/api/orders/<int:order_id>"
# What is asked for, the rule that answers it, and with which status.
REQUESTS = [
    ("GET", "/", "/", 200),
    ("GET", "/api/orders/7", ORDER, 200),
    ("HEAD", "/api/orders/7", ORDER, 200),
    ("DELETE", "/api/orders/7", ORDER, 200),
    ("GET", "/api/orders/404", ORDER, 404),
    ("GET", "/api/orders/410", ORDER, 410),
    ("GET", "/api/orders/500", ORDER, 500),
    ("GET", "/api/orders/all/", "/api/orders/all/", 200),
    ("GET", "/api/orders/all", None, 308),
    ("POST", "/api/orders/7", None, 405),
    ("GET", "/nowhere", None, 404),
    ("GET", "/stream", "/stream", 200),
    ("GET", "/file", "/file", 200),
    ("GET", "/static/none.css", "/static/<path:filename>", 404),
]


def ask(
    service: Service, path: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """Send a request whose redirects are not followed."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def _all_counted(service: Service) -> dict[tuple[str, str], float] | None:
    found = counts(ask(service, "/metrics")[1])
    return found if sum(found.values()) >= len(REQUESTS) + 3 else None


def counts(metrics: str) -> dict[tuple[str, str], float]:
    """Return the requests by method and route."""
    found: defaultdict[tuple[str, str], float] = defaultdict(float)
    for line in metrics.splitlines():
        if line.startswith("http_requests_total{"):
            labels = dict(part.split("=", 1) for part in line[20 : line.rindex("}")].split(","))
            found[labels["method"].strip('"'), labels["route"].strip('"')] += float(line.split()[-1])
    return dict(found)


@pytest.mark.parametrize("requirements", VERSIONS)
def test_each_request_has_one_span_and_one_count_named_by_its_rule(
    tmp_path: Path, requirements: list[str]
) -> None:
    service = flask_project(tmp_path / "shop", {"app/main.py": MAIN}, requirements)
    with OtlpReceiver() as receiver:
        variables = {**ENVIRONMENT, "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
        with serve(service, SERVER, variables) as running:
            for method, path, _, status in REQUESTS:
                assert ask(running, path, method)[0] == status, path
            for path in ("/health", "/ready", "/metrics"):
                assert ask(running, path)[0] == 200
                assert ask(running, path, "HEAD") == (200, "")
                # Of other methods the service may have routes of its own; here its guard answers.
                assert ask(running, path, "POST")[0] == 401
            # A request is counted when it has ended, which is after its answer was sent.
            counted = wait_until(lambda: _all_counted(running), what="the count of the last request")
            receiver.wait_for(len(REQUESTS) + 3)
        spans = receiver.spans()
    served = [span for span in spans if span.kind == "server"]
    expected = Counter(
        (method, f"{method} {route}" if route else method, status) for method, _, route, status in REQUESTS
    ) + Counter({("POST", "POST", 401): 3})
    assert (
        Counter((s.name.split()[0], s.name, s.attributes["http.response.status_code"]) for s in served)
        == expected
    )
    assert {span.attributes.get("http.route") for span in served} == {route for _, _, route, _ in REQUESTS}
    streamed = next(span for span in served if span.name == "GET /stream")
    parts = [span for span in spans if span.name == "part"]
    assert [span.parent_id for span in parts] == [streamed.span_id] * 2
    (failed,) = (span for span in served if span.attributes["http.response.status_code"] == 500)
    assert failed.status == "error"
    # Flask tells of the exception by a signal, and before 2.3 there are none without Blinker.
    if not {"flask==1.1.4", "flask==2.0.3", "flask==2.2.5"} & set(requirements):
        assert failed.attributes["error.type"] == "RuntimeError"
    wanted = Counter((method, route or "unmatched") for method, _, route, _ in REQUESTS)
    assert counted == wanted + Counter({("POST", "unmatched"): 3})
    log = running.process.output()
    assert log.count("RuntimeError: no such luck") == 1
    for path in ("/health", "/ready", "/metrics"):
        assert f"GET {path}" not in log
        assert f"HEAD {path}" not in log
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    (line,) = (line for line in lines if line["message"] == "asked for the root")
    assert line["trace_id"] == next(span.trace_id for span in served if span.name == "GET /")
    assert not [line for line in lines if "\x1b" in line["message"]]


def test_a_body_that_breaks_off_is_a_failed_request(tmp_path: Path) -> None:
    service = flask_project(tmp_path / "shop", {"app/main.py": MAIN}, NEWEST)
    with OtlpReceiver() as receiver:
        variables = {**ENVIRONMENT, "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
        with serve(service, SERVER, variables) as running:
            with pytest.raises((http.client.HTTPException, OSError)):
                ask(running, "/broken-stream")
            receiver.wait_for(1)
            metrics = ask(running, "/metrics")[1]
        (span,) = receiver.spans()
    assert (span.name, span.status, span.attributes["error.type"]) == (
        "GET /broken-stream",
        "error",
        "RuntimeError",
    )
    assert 'http_requests_total{method="GET",route="/broken-stream",status="5xx"} 1.0' in metrics


def test_a_thousand_addresses_that_somebody_makes_up_add_one_series(tmp_path: Path) -> None:
    service = flask_project(tmp_path / "shop", {"app/main.py": MAIN}, NEWEST, sampling_rate=0.0)
    with serve(service, SERVER, ENVIRONMENT) as running:
        ask(running, "/")
        before = ask(running, "/metrics")[1].count("http_requests_total{")
        for _ in range(1000):
            ask(running, f"/{uuid.uuid4()}")
        metrics = wait_until(
            lambda: next(
                (
                    page
                    for page in [ask(running, "/metrics")[1]]
                    if counts(page).get(("GET", "unmatched")) == 1000
                ),
                "",
            ),
            what="the count of the last request",
        )
    assert metrics.count("http_requests_total{") - before <= 1


GUARDED = f"""
from flask import Flask, redirect, request
{IMPORTS}

app = Flask(__name__, host_matching=True, static_host="shop.example", subdomain_matching=False)
app.config.update(SERVER_NAME="shop.example", APPLICATION_ROOT="/shop", PREFERRED_URL_SCHEME="https")
{SETUP}


@app.before_request
def to_https():
    return redirect(request.url.replace("http://", "https://"), 301)


@app.route("/", host="shop.example")
def root():
    return "root"


inner = app.wsgi_app


def without_prefix(environ, start_response):
    # A prefix of "/" is taken off by code that is meant for longer ones.
    environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix("/")
    return inner(environ, start_response)


app.wsgi_app = without_prefix
"""


def test_endpoints_answer_whatever_host_scheme_and_login_the_service_asks_for(tmp_path: Path) -> None:
    service = flask_project(tmp_path / "shop", {"app/main.py": GUARDED}, NEWEST)
    with serve(service, SERVER, ENVIRONMENT) as running:
        other = {"Host": "10.0.0.7"}
        assert ask(running, "/", headers=other)[0] == 301
        for path in ("/health", "/ready", "/metrics"):
            assert ask(running, path, headers=other)[0] == 200


MOUNTED = f"""
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
{IMPORTS}


def create(name):
    app = Flask(name)
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)

    @app.route("/things/<thing>")
    def thing(thing):
        return name

    return app


outside = create("outside")
outside.wsgi_app = DispatcherMiddleware(outside.wsgi_app, {{"/beside": create("beside")}})
app = Flask("around")
app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {{"/inside": create("inside"), "/out": outside}})
{SETUP}
"""


def test_a_mounted_application_is_seen_once_under_the_place_where_it_is_mounted(tmp_path: Path) -> None:
    service = flask_project(tmp_path / "shop", {"app/main.py": MOUNTED}, NEWEST)
    paths = {
        "/inside/things/1": "/inside/things/<thing>",
        "/out/things/1": "/out/things/<thing>",
        "/out/beside/things/1": "/out/beside/things/<thing>",
    }
    with OtlpReceiver() as receiver:
        variables = {**ENVIRONMENT, "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
        with serve(service, SERVER, variables) as running:
            for path in paths:
                assert ask(running, path)[0] == 200
            assert ask(running, "/inside/health")[0] == 200
            receiver.wait_for(len(paths) + 1)
            metrics = ask(running, "/metrics")[1]
        names = Counter(span.name for span in receiver.spans() if span.attributes.get("http.route"))
    assert names == Counter(f"GET {route}" for route in paths.values())
    assert {route for _, route in counts(metrics)} >= set(paths.values())
