"""Celery with a real broker, in child processes that live for one task each: no span is lost."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from support.running import serve, start
from support.sample_services import LEDGER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.jaeger import Jaeger
    from support.processes import Process
    from support.running import Project, Service
    from support.servers import Redis

WORKER = [
    "celery",
    "--app",
    "worker",
    "worker",
    "--pool",
    "prefork",
    "--concurrency",
    "2",
    "--loglevel",
    "INFO",
]
TASKS = 10


@contextlib.contextmanager
def working(ledger: Project, variables: dict[str, str], *arguments: str) -> Iterator[Process]:
    process = start(ledger, [*WORKER, *arguments], variables, name="worker")
    try:
        process.wait_ready(lambda: "ready." in process.output(), seconds=60)
        yield process
    finally:
        process.stop()


@pytest.fixture
def traced_ledger(ledger: Project, traced: dict[str, str]) -> Iterator[Service]:
    with serve(ledger, LEDGER, traced) as service:
        yield service


@pytest.mark.parametrize(
    "recycling", [["--max-tasks-per-child", "1"], []], ids=["a-child-per-task", "children-stay"]
)
def test_each_task_has_its_span_in_the_trace_of_the_request_that_ordered_it(
    recycling: list[str],
    ledger: Project,
    traced: dict[str, str],
    traced_ledger: Service,
    backend: Jaeger,
    redis: Redis,
) -> None:
    redis.flush()
    name = traced["OTEL_SERVICE_NAME"]
    worker_name = f"worker of {name}"
    with working(ledger, traced | {"OTEL_SERVICE_NAME": worker_name}, *recycling) as worker:
        for _ in range(TASKS):
            assert traced_ledger.request("/accounts/ada/statements", method="POST").status == 202
        ran = backend.wait_for_spans(
            worker_name,
            lambda found: len([span for span in found if span.kind == "consumer"]) >= TASKS,
            seconds=60,
        )
        ordered = backend.wait_for_spans(
            name, lambda found: len([span for span in found if span.kind == "producer"]) >= TASKS
        )

    consumed = [span for span in ran if span.kind == "consumer"]
    requests = {span.trace_id for span in ordered if span.kind == "server"}
    assert len(requests) == TASKS
    assert len(consumed) == TASKS
    # Work is part of the request's trace, or linked to it; either way nobody has to search for it.
    assert {(span.links or (span.trace_id,))[0] for span in consumed} == requests
    statements = [span for span in ran if "SELECT" in span.name]
    assert len(statements) == TASKS
    assert "Traceback" not in worker.output()
