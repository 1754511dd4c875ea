"""Several worker processes behind one port: metrics add up, and spans come from every one of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from support.processes import wait_until
from support.running import serve

if TYPE_CHECKING:
    from support.jaeger import Jaeger, Span
    from support.running import Project, Service

UVICORN = ["uvicorn", "main:app", "--port", "{port}", "--workers", "2"]
GUNICORN = ["gunicorn", "main:app", "-k", "uvicorn_worker.UvicornWorker", "-w", "2", "-b", "127.0.0.1:{port}"]
COMMANDS = [
    pytest.param(UVICORN, id="uvicorn-workers"),
    pytest.param(GUNICORN, id="gunicorn"),
    pytest.param([*GUNICORN, "--preload"], id="gunicorn-preload"),
]
SENT = 60


def total(service: Service, metric: str = "http_requests_total") -> float:
    """Sum a metric's series in one scrape, whichever worker answers it."""
    lines = service.request("/metrics").body.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(f"{metric}{{"))


def of_requests(spans: list[Span]) -> list[Span]:
    return [span for span in spans if span.kind == "server"]


def workers(spans: list[Span]) -> set[str]:
    """The processes that served requests."""
    return {span.resource["service.instance.id"] for span in of_requests(spans)}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_scrape_shows_all_requests_and_every_worker_sends_spans(
    command: list[str], ledger: Project, traced: dict[str, str], backend: Jaeger
) -> None:
    name, sent = traced["OTEL_SERVICE_NAME"], 0
    with serve(ledger, command, traced) as service:
        # Which worker takes a connection is up to the kernel, and one may still be starting.
        for _ in range(10):
            with ThreadPoolExecutor(8) as clients:
                answers = list(clients.map(lambda _: service.request("/accounts/ada").status, range(SENT)))
            assert answers == [200] * SENT
            sent += SENT
            spans = backend.wait_for_spans(name, lambda found: len(of_requests(found)) >= sent)  # noqa: B023
            if len(workers(spans)) == 2:
                break
        # A worker's numbers stand in its file at once; ten scrapes meet both workers.
        scrapes = [total(service) for _ in range(10)]

    assert len(workers(spans)) == 2
    assert len(of_requests(spans)) == sent
    assert scrapes == [sent] * 10


def test_a_worker_that_dies_takes_no_requests_out_of_the_sum(
    ledger: Project, variables: dict[str, str]
) -> None:
    recycled = [*GUNICORN, "--max-requests", "10"]
    with serve(ledger, recycled, variables) as service:
        for _ in range(SENT):
            assert wait_until(lambda: service.request("/accounts/ada").status == 200, what="an answer")
        assert wait_until(lambda: total(service) == SENT, what="all requests in the sum")


def test_numbers_of_an_earlier_start_are_gone(ledger: Project, variables: dict[str, str]) -> None:
    for _ in range(2):
        with serve(ledger, UVICORN, variables) as service:
            assert service.request("/accounts/ada").status == 200
            # A request is counted when it has ended, which is after its answer was sent.
            assert wait_until(lambda: total(service) == 1, what="the one request in the sum")


def test_spans_go_on_after_the_server_reloads_changed_code(
    ledger: Project, traced: dict[str, str], backend: Jaeger
) -> None:
    name = traced["OTEL_SERVICE_NAME"]
    with serve(ledger, ["uvicorn", "main:app", "--port", "{port}", "--reload"], traced) as service:
        assert service.request("/accounts/ada").status == 200
        backend.wait_for_spans(name, of_requests)
        (ledger.directory / "main.py").touch()
        wait_until(
            lambda: service.process.output().count("Application startup complete") == 2, what="a reload"
        )
        assert wait_until(lambda: service.request("/accounts/bob").status == 200, what="an answer")

        spans = backend.wait_for_spans(name, lambda found: len(of_requests(found)) == 2)

    assert len(workers(spans)) == 2
