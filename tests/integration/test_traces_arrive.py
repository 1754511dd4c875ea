"""What a real tracing backend has after a request: who called whom, under which names, and nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.running import serve
from support.sample_services import CATALOG, LEDGER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.jaeger import Jaeger, Span
    from support.running import Project, Service
    from support.servers import Postgres, Redis


def of_kind(kind: str, spans: list[Span]) -> list[Span]:
    return [span for span in spans if span.kind == kind]


def systems(spans: list[Span]) -> list[str]:
    """The kinds of database that spans speak of, under the old and the new attribute name."""
    named = (span.attributes.get("db.system.name") or span.attributes.get("db.system", "") for span in spans)
    return sorted(str(name) for name in named if name)


def ancestors(span: Span, spans: list[Span]) -> list[Span]:
    by_id = {one.span_id: one for one in spans}
    chain = []
    while (span := by_id.get(span.parent_id)) is not None:  # type: ignore[assignment]
        chain.append(span)
    return chain


@pytest.fixture
def traced_catalog(
    catalog: Project, traced: dict[str, str], postgres: Postgres, redis: Redis, traced_ledger: Service
) -> Iterator[Service]:
    mine = {
        "DATABASE_URL": postgres.url("postgresql+asyncpg"),
        "PRICES_URL": f"http://{traced_ledger.address}",
    }
    with serve(catalog, CATALOG, traced | mine) as service:
        yield service


@pytest.fixture
def traced_ledger(ledger: Project, traced: dict[str, str]) -> Iterator[Service]:
    with serve(
        ledger, LEDGER, traced | {"OTEL_SERVICE_NAME": f"ledger of {traced['OTEL_SERVICE_NAME']}"}
    ) as service:
        yield service


def test_health_readiness_and_metrics_leave_no_span(
    traced_catalog: Service, traced: dict[str, str], backend: Jaeger
) -> None:
    for path in ("/health", "/ready", "/metrics") * 3:
        assert traced_catalog.request(path).status == 200
    assert traced_catalog.request("/products/2").status == 404  # spans arrive in order: this one is the last

    spans = backend.wait_for_spans(traced["OTEL_SERVICE_NAME"], lambda found: of_kind("server", found))

    assert [span.name for span in of_kind("server", spans)] == ["GET /products/{product_id}"]


def test_one_request_is_one_trace_with_one_server_span_and_its_database_and_cache_spans(
    traced_catalog: Service, traced: dict[str, str], backend: Jaeger, redis: Redis
) -> None:
    redis.flush()
    assert traced_catalog.request("/products/1").json() == {"id": 1, "name": "lamp"}

    name = traced["OTEL_SERVICE_NAME"]
    backend.wait_for_spans(name, lambda found: of_kind("server", found))
    (trace,) = (trace for trace in backend.traces(name) if of_kind("server", trace))

    (server,) = of_kind("server", trace)
    assert server.name == "GET /products/{product_id}"
    assert server.parent_id == ""
    clients = of_kind("client", trace)
    assert all(server in ancestors(span, trace) for span in clients)
    statements = [span for span in clients if "SELECT" in span.name]
    assert systems(statements) == ["postgresql"], [span.name for span in clients]
    cached = [span for span in clients if systems([span]) == ["redis"]]
    assert [span.name.split()[0] for span in cached] == ["GET", "SET"]


def test_a_call_to_another_service_goes_on_in_the_same_trace(
    traced_catalog: Service, traced: dict[str, str], backend: Jaeger
) -> None:
    assert traced_catalog.request("/products/3/price").json() == {"price": 7.5}

    name = traced["OTEL_SERVICE_NAME"]
    backend.wait_for_spans(f"ledger of {name}", lambda found: of_kind("server", found))
    backend.wait_for_spans(name, lambda found: of_kind("server", found))
    (trace,) = (trace for trace in backend.traces(name) if of_kind("server", trace))

    ours, theirs = (span for span in of_kind("server", trace))
    assert (ours.service, ours.name) == (name, "GET /products/{product_id}/price")
    assert (theirs.service, theirs.name) == (f"ledger of {name}", "GET /prices/{product_id}")
    (call,) = (span for span in of_kind("client", trace) if span.service == name)
    assert theirs.parent_id == call.span_id
    assert call.parent_id == ours.span_id or ours in ancestors(call, trace)
    (statement,) = (span for span in of_kind("client", trace) if systems([span]) == ["postgresql"])
    assert theirs in ancestors(statement, trace)


def test_a_failing_endpoint_marks_its_span_as_failed(
    traced_catalog: Service, traced: dict[str, str], backend: Jaeger
) -> None:
    assert traced_catalog.request("/broken").status == 500

    spans = backend.wait_for_spans(traced["OTEL_SERVICE_NAME"], lambda found: of_kind("server", found))

    (server,) = of_kind("server", spans)
    assert server.name == "GET /broken"
    assert server.attributes["error"] is True
    assert 500 in (
        server.attributes.get("http.response.status_code"),
        server.attributes.get("http.status_code"),
    )


def test_statements_reach_the_backend_without_their_values(
    traced_ledger: Service, traced: dict[str, str], backend: Jaeger
) -> None:
    assert traced_ledger.request("/accounts/secret-name").json() == {"name": "secret-name", "balance": 11}

    spans = backend.wait_for_spans(
        f"ledger of {traced['OTEL_SERVICE_NAME']}", lambda found: of_kind("server", found)
    )

    statements = [span for span in spans if systems([span]) == ["postgresql"]]
    assert len(statements) == 1
    assert "secret-name" not in str([span.attributes for span in statements])
