"""A Flask service with real servers: traces, readiness that follows them, and tasks of its Celery worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.flask_shop import GUNICORN, flask_shop
from support.processes import wait_until
from support.running import serve, start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.jaeger import Jaeger, Span
    from support.running import Answer, Project, Service
    from support.servers import Postgres, Redis

# The timeout of a check is 2 s; the rest is what a loaded machine takes.
WITHIN = 5.0
TASKS = 5


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, redis: Redis) -> Project:
    return flask_shop(tmp_path_factory.mktemp("flask") / "shop")


@pytest.fixture
def settings(variables: dict[str, str], postgres: Postgres) -> dict[str, str]:
    return variables | {"DATABASE_URL": postgres.url("postgresql+psycopg")}


@pytest.fixture
def running(shop: Project, settings: dict[str, str], backend: Jaeger) -> Iterator[Service]:
    with serve(shop, GUNICORN, settings | {"OTEL_EXPORTER_OTLP_ENDPOINT": backend.endpoint}) as service:
        yield service


def of_kind(kind: str, spans: list[Span]) -> list[Span]:
    return [span for span in spans if span.kind == kind]


def becomes(service: Service, status: int) -> Answer:
    """Ask until /ready has a status; each answer has to come in time, whatever it is."""

    def answered() -> Answer | None:
        answer = service.request("/ready")
        assert answer.seconds < WITHIN, answer
        return answer if answer.status == status else None

    answer = wait_until(answered, what=f"/ready answers {status}", seconds=15)
    assert answer is not None
    return answer


def test_one_request_is_one_trace_with_its_query_below_the_server_span(
    running: Service, settings: dict[str, str], backend: Jaeger
) -> None:
    assert running.request("/orders/7").body == "7"

    name = settings["OTEL_SERVICE_NAME"]
    spans = backend.wait_for_spans(name, lambda found: of_kind("server", found))

    (server,) = of_kind("server", spans)
    assert (server.name, server.parent_id) == ("GET /orders/<int:order_id>", "")
    (query,) = of_kind("client", spans)
    assert (query.parent_id, query.attributes["db.system.name"]) == (server.span_id, "postgresql")
    metrics = running.request("/metrics").body
    assert 'database_queries_total{operation="SELECT",system="postgresql"} 1.0' in metrics


def test_a_cached_answer_shows_the_calls_of_the_cache(
    running: Service, settings: dict[str, str], backend: Jaeger, redis: Redis
) -> None:
    redis.flush()
    assert [running.request("/cached").body for _ in range(2)] == ["cached"] * 2

    name = settings["OTEL_SERVICE_NAME"]
    spans = backend.wait_for_spans(name, lambda found: len(of_kind("server", found)) == 2)

    servers = {span.span_id for span in of_kind("server", spans)}
    calls = of_kind("client", spans)
    assert {span.parent_id for span in calls} == servers
    assert {span.attributes.get("db.system.name") or span.attributes.get("db.system") for span in calls} == {
        "redis"
    }


def test_not_ready_without_the_database_and_ready_again_with_it(running: Service, postgres: Postgres) -> None:
    assert becomes(running, 200).json()["checks"] == {"database": "ok", "cache": "ok"}
    postgres.stop()
    try:
        refused = becomes(running, 503)
        assert running.request("/health").status == 200
    finally:
        postgres.start()
    assert refused.json()["checks"] == {"database": "failed", "cache": "ok"}
    for inner in ("postgres:", "127.0.0.1", str(postgres.port), "Traceback", "Error"):
        assert inner not in refused.body
    becomes(running, 200)


def test_not_ready_when_the_database_was_away_before_the_first_query(
    shop: Project, settings: dict[str, str], postgres: Postgres
) -> None:
    postgres.stop()
    try:
        with serve(shop, GUNICORN, settings) as service:
            assert becomes(service, 503).json()["checks"] == {"database": "failed", "cache": "ok"}
            postgres.start()
            becomes(service, 200)
    finally:
        postgres.start()


def test_not_ready_within_the_timeout_while_the_cache_hangs(running: Service, redis: Redis) -> None:
    becomes(running, 200)
    redis.process.pause()
    try:
        refused = becomes(running, 503)
        alive = running.request("/health")
    finally:
        redis.process.resume()
    assert refused.json()["checks"] == {"database": "ok", "cache": "failed"}
    assert (alive.status, alive.seconds < 1) == (200, True)
    becomes(running, 200)


def test_tasks_run_in_the_trace_of_the_request_that_ordered_them(
    shop: Project, running: Service, settings: dict[str, str], backend: Jaeger, redis: Redis
) -> None:
    redis.flush()
    name = settings["OTEL_SERVICE_NAME"]
    worker_name = f"worker of {name}"
    of_worker = settings | {
        "OTEL_SERVICE_NAME": worker_name,
        "OTEL_EXPORTER_OTLP_ENDPOINT": backend.endpoint,
    }
    command = ["celery", "-A", "make_celery", "worker", "--concurrency", "2", "--loglevel", "INFO"]
    worker = start(shop, command, of_worker, name="worker")
    try:
        worker.wait_ready(lambda: "ready." in worker.output(), seconds=60)
        for _ in range(TASKS):
            assert running.request("/statements", method="POST").status == 202
        ran = backend.wait_for_spans(
            worker_name, lambda found: len(of_kind("consumer", found)) >= TASKS, seconds=60
        )
        ordered = backend.wait_for_spans(name, lambda found: len(of_kind("producer", found)) >= TASKS)
    finally:
        worker.stop()

    consumed = of_kind("consumer", ran)
    requests = {span.trace_id for span in of_kind("server", ordered)}
    assert len(consumed) == len(requests) == TASKS
    assert {(span.links or (span.trace_id,))[0] for span in consumed} == requests
    assert len([span for span in ran if "SELECT" in span.name]) == TASKS
    assert "Traceback" not in worker.output()
