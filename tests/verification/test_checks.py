"""Verdicts on hand-made evidence: what a correct run looks like, and each way in which one is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codemods.analysis.model import Analysis, Application, Connection
from codemods.verification.checks import run_checks
from codemods.verification.evidence import Check, Evidence
from codemods.verification.receiver import Span
from codemods.verification.requests import HEALTH, METRICS, READINESS, ROUTE, UNKNOWN, Exchange, Request

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RESOURCE = {"service.name": "orders"}
APPLICATION = Application(
    "orders/main.py",
    "orders.main",
    "app",
    "",
    2,
    "fastapi",
    "fastapi.FastAPI",
    import_string="orders.main:app",
)
ANSWERS: dict[str, Any] = {
    "tracing": True,
    "metrics": True,
    "health": True,
    "logging": True,
    "service_name": "orders",
    "package": "orders",
    "readiness_checks": [{"name": "database", "type": "sqlalchemy"}],
}
MAIN = """from fastapi import FastAPI
app = FastAPI()
from orders.instrumentation.tracing import setup_tracing
setup_tracing(app)
"""
LATE = """from fastapi import FastAPI
from orders.instrumentation.tracing import setup_tracing
app = FastAPI()
async def lifespan(app):
    setup_tracing(app)
    yield
"""


def exchange(
    path: str, number: int, *, route: str = "", purpose: str = ROUTE, status: int = 200, body: str = ""
) -> Exchange:
    request = Request("GET", path, route, purpose)
    return Exchange(request, f"{number:032x}", status, body, start=number * 1000, end=number * 1000 + 900)


def server(number: int, name: str, *, route: str = "", **changes: Any) -> Span:
    fields: dict[str, Any] = {
        "name": name,
        "kind": "server",
        "trace_id": f"{number:032x}",
        "span_id": f"{number:016x}",
        "start": number * 1000 + 10,
        "end": number * 1000 + 500,
        "attributes": {"http.route": route} if route else {},
        "resource": RESOURCE,
        "scope": "fastapi",
    }
    return Span(**fields | changes)


def metrics(*lines: str) -> str:
    head = "# HELP http_requests_total Requests.\n# TYPE http_requests_total counter\n"
    return head + "".join(f"http_requests_total{line}\n" for line in lines)


LIST = exchange("/orders", 1, route="/orders")
ONE = exchange("/orders/1", 2, route="/orders/{order_id}")
UNKNOWN_PATH = exchange("/no-such-path-1f", 3, purpose=UNKNOWN, status=404)
LIVE = exchange("/health", 4, purpose=HEALTH)
READY = exchange("/ready", 5, purpose=READINESS)
PAGE = exchange("/metrics", 6, purpose=METRICS)
EXCHANGES = (LIST, ONE, UNKNOWN_PATH, LIVE, READY, PAGE)
SPANS = (
    server(1, "GET /orders", route="/orders"),
    server(2, "GET /orders/{order_id}", route="/orders/{order_id}"),
    server(3, "GET"),
)
AFTER = metrics(
    '{method="GET",route="/orders",status="2xx"} 1',
    '{method="GET",route="/orders/{order_id}",status="2xx"} 1',
    '{method="GET",route="unmatched",status="4xx"} 1',
)
OUTPUT = 'INFO: started\n{"message": "listed", "trace_id": "00000000000000000000000000000001"}\n'


HELPER = """from fastapi import FastAPI
from orders.instrumentation.tracing import setup_tracing
app = FastAPI()
def observe(app):
    setup_tracing(app)
observe(app)
"""
EVENT = """from fastapi import FastAPI
from orders.instrumentation.tracing import setup_tracing
app = FastAPI()
@app.on_event("startup")
def start():
    setup_tracing(app)
"""


def evidence(root: Path, **changes: Any) -> Evidence:
    (root / "orders").mkdir(exist_ok=True)
    (root / "orders/main.py").write_text(changes.pop("main", MAIN))
    answers = ANSWERS | changes.pop("answers", {})
    analysis = Analysis(str(root), framework="fastapi", database_connections=changes.pop("databases", []))
    fields: dict[str, Any] = {
        "exchanges": EXCHANGES,
        "spans": SPANS,
        "metrics_before": metrics(),
        "metrics_after": AFTER,
        "metrics_type": "text/plain",
        "output": OUTPUT,
    }
    return Evidence(analysis, APPLICATION, answers, **fields | changes)


def bad(checks: Sequence[Check], outcome: str = "failed") -> dict[str, Check]:
    return {check.name: check for check in checks if check.outcome == outcome}


def replaced(old: Exchange, new: Exchange) -> tuple[Exchange, ...]:
    return tuple(new if one is old else one for one in EXCHANGES)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="everything as it should be"),
        pytest.param(
            {"spans": (*SPANS, server(99, "connect", kind="client"))},
            id="a job of the service's own has spans",
        ),
        pytest.param(
            {
                "spans": (
                    *SPANS,
                    server(1, "GET", kind="client", span_id="cc", parent_id=f"{1:016x}"),
                    server(1, "GET /orders/{order_id}", span_id="dd", parent_id="cc"),
                )
            },
            id="a service that calls itself has two server spans in one trace",
        ),
        pytest.param(
            {
                "spans": tuple(
                    server(n, name, route=route, trace_id=f"{n + 100:032x}")
                    for n, name, route in (
                        (1, "GET /orders", "/orders"),
                        (2, "GET /orders/{order_id}", "/orders/{order_id}"),
                        (3, "GET", ""),
                    )
                ),
                "output": '{"trace_id": "00000000000000000000000000000065"}\n',
            },
            id="a service that starts traces of its own is read by time",
        ),
        pytest.param(
            {
                "exchanges": (*EXCHANGES, exchange("/files/a", 7, route="/files/{name:path}")),
                "spans": (*SPANS, server(7, "GET /files/{name}", route="/files/{name}")),
                "metrics_after": AFTER
                + 'http_requests_total{method="GET",route="/files/{name}",status="2xx"} 1\n',
            },
            id="a convertor is no part of the name",
        ),
        pytest.param(
            {"metrics_before": AFTER, "metrics_after": AFTER.replace("} 1", "} 2")},
            id="counters that had counted before",
        ),
        pytest.param({"main": HELPER}, id="a helper of the service's own calls the set-up"),
        pytest.param({"answers": {"metrics": False}, "metrics_after": ""}, id="metrics were left out"),
        pytest.param({"answers": {"tracing": False}, "spans": ()}, id="tracing was left out"),
        pytest.param({"answers": {"logging": False}, "output": ""}, id="logging was left out"),
        pytest.param(
            {"answers": {"health": False}, "exchanges": (LIST, ONE, UNKNOWN_PATH, PAGE)},
            id="health was left out",
        ),
    ],
)
def test_nothing_is_held_against_a_run_in_which(tmp_path: Path, changes: dict[str, Any]) -> None:
    checks = run_checks(evidence(tmp_path, **changes))
    assert bad(checks) == {}
    assert bad(checks, "warning") == {}


@pytest.mark.parametrize(
    ("changes", "name", "says"),
    [
        pytest.param(
            {"main": LATE},
            "set-up comes before the first request",
            "in lifespan (orders/main.py:5)",
            id="set up in the lifespan although spans arrive",
        ),
        pytest.param(
            {"main": EVENT},
            "set-up comes before the first request",
            "in start (",
            id="set up in an event handler",
        ),
        pytest.param(
            {"spans": (), "main": LATE}, "spans arrive", "called in lifespan", id="set up in the lifespan"
        ),
        pytest.param(
            {"spans": (), "main": "app = 1\n"}, "spans arrive", "calls setup_tracing", id="not set up"
        ),
        pytest.param(
            {"spans": (), "output": "The application has handled its first message already, so\n"},
            "spans arrive",
            "after the application had started",
            id="set up late, as the service says itself",
        ),
        pytest.param(
            {"spans": (), "output": "Failed to export traces to localhost:4318\n"},
            "spans arrive",
            "could not deliver",
            id="nothing was delivered",
        ),
        pytest.param(
            {"spans": SPANS[:1]},
            "one server span for each request",
            "probably runs after",
            id="one is missing",
        ),
        pytest.param(
            {"spans": (*SPANS, server(1, "GET /orders", route="/orders", span_id="dd", scope="asgi"))},
            "one server span for each request",
            "asgi and fastapi",
            id="two instrumentations side by side",
        ),
        pytest.param(
            {
                "spans": (
                    *SPANS,
                    server(
                        1,
                        "GET /orders",
                        kind="internal",
                        span_id="dd",
                        parent_id=f"{1:016x}",
                        attributes={"http.target": "/orders", "http.route": "/orders"},
                    ),
                )
            },
            "one server span for each request",
            "installed twice",
            id="a second instrumentation below the first one",
        ),
        pytest.param(
            {"spans": (SPANS[0], server(2, "GET /orders/1", route="/orders/1"), SPANS[2])},
            "spans are named by the route",
            "one name for each value",
            id="named by path",
        ),
        pytest.param(
            {"spans": (SPANS[0], server(2, "GET /{order_id}", route="/{order_id}"), SPANS[2])},
            "spans are named by the route",
            "not after /orders/{order_id}",
            id="named without the router's prefix",
        ),
        pytest.param(
            {"spans": (*SPANS, server(4, "GET /health", route="/health"))},
            "no span for health, readiness and metrics",
            "GET /health",
            id="health is traced",
        ),
        pytest.param(
            {"spans": (*SPANS, server(4, "GET /health", route="/health")), "main": LATE},
            "no span for health, readiness and metrics",
            "too late to leave them out",
            id="health is traced because set-up came late",
        ),
        pytest.param(
            {
                "spans": tuple(
                    server(n, span.name, route=span.attributes.get("http.route", ""), resource={})
                    for n, span in enumerate(SPANS, 1)
                )
            },
            "spans carry the service's name",
            "'(none)'",
            id="no service name",
        ),
        pytest.param(
            {"metrics_after": ""}, "the metrics page parses", "does not answer", id="no metrics page"
        ),
        pytest.param(
            {"metrics_after": "<html>"},
            "the metrics page parses",
            "not in Prometheus",
            id="a page of another kind",
        ),
        pytest.param(
            {"metrics_after": AFTER.replace("} 1", "} 2")},
            "requests are counted by route",
            "/orders: 1 sent, 2 counted",
            id="counted twice",
        ),
        pytest.param(
            {"metrics_after": AFTER.replace('"/orders/{', '"/{')},
            "requests are counted by route",
            "/orders/{order_id}: 1 sent, 0 counted",
            id="counted without the router's prefix",
        ),
        pytest.param(
            {"metrics_after": AFTER.replace("unmatched", "/no-such-path-1f")},
            "labels are bounded",
            "/no-such-path-1f",
            id="a label for each unknown path",
        ),
        pytest.param(
            {"exchanges": replaced(LIVE, exchange("/health", 4, purpose=HEALTH, status=401))},
            "health answers 200",
            "answers 401",
            id="health behind a guard",
        ),
        pytest.param(
            {"exchanges": replaced(READY, exchange("/ready", 5, purpose=READINESS, status=404))},
            "readiness answers",
            "answers 404",
            id="no readiness",
        ),
        pytest.param(
            {
                "exchanges": replaced(
                    READY,
                    exchange(
                        "/ready", 5, purpose=READINESS, status=503, body='{"checks": {"database": "failed"}}'
                    ),
                ),
                "output": OUTPUT + "Readiness check database fails: ImportError('no such object')\n",
            },
            "readiness answers",
            "the check itself is broken",
            id="a check that cannot run",
        ),
        pytest.param(
            {"output": "INFO: plain\n"},
            "log lines carry the trace",
            "no line of the output is JSON",
            id="plain logs",
        ),
        pytest.param(
            {"output": OUTPUT + "Overriding of current TracerProvider is not allowed\n"},
            "the service starts and exports quietly",
            "two tracer providers",
            id="two providers",
        ),
    ],
)
def test_a_run_is_not_proven_when(tmp_path: Path, changes: dict[str, Any], name: str, says: str) -> None:
    failed = bad(run_checks(evidence(tmp_path, **changes)))
    assert name in failed
    assert says in str(failed[name])


@pytest.mark.parametrize(
    ("changes", "name", "says"),
    [
        pytest.param(
            {
                "exchanges": replaced(
                    READY,
                    exchange(
                        "/ready", 5, purpose=READINESS, status=503, body='{"checks": {"database": "failed"}}'
                    ),
                )
            },
            "readiness answers",
            "database (sqlalchemy)",
            id="the database is not running here",
        ),
        pytest.param(
            {"databases": [Connection("orders/db.py", "sqlalchemy")]},
            "calls to databases and other services are seen",
            "no database span",
            id="no request reached the database",
        ),
        pytest.param(
            {"exchanges": replaced(LIST, exchange("/orders", 1, route="/orders", status=500))},
            "requests are answered",
            "GET /orders 500",
            id="the service fails by itself",
        ),
        pytest.param(
            {"output": '{"message": "outside of a request"}\n'},
            "log lines carry the trace",
            "none with the trace",
            id="nothing logged",
        ),
    ],
)
def test_a_run_is_proven_with_a_word_of_warning_when(
    tmp_path: Path, changes: dict[str, Any], name: str, says: str
) -> None:
    checks = run_checks(evidence(tmp_path, **changes))
    assert bad(checks) == {}
    assert says in str(bad(checks, "warning")[name])


def test_a_failed_check_ends_with_the_next_step(tmp_path: Path) -> None:
    failed = bad(run_checks(evidence(tmp_path, spans=(), main=LATE)))["spans arrive"]
    assert (
        failed.advice == "Move `setup_tracing(app)` directly behind `app = FastAPI(...)` in orders/main.py."
    )
