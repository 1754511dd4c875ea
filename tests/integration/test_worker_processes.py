"""Several worker processes behind one port: metrics add up, and spans come from every one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.processes import wait_until
from support.running import serve

if TYPE_CHECKING:
    from pathlib import Path

    from support.jaeger import Jaeger
    from support.running import Project, Service

UVICORN = ["uvicorn", "{app}", "--port", "{port}", "--workers", "2"]
GUNICORN = ["gunicorn", "{app}", "-k", "uvicorn_worker.UvicornWorker", "-w", "2", "-b", "127.0.0.1:{port}"]
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


@pytest.mark.parametrize("command", COMMANDS)
def test_every_scrape_shows_all_requests_and_every_worker_sends_spans(
    command: list[str], ledger: Project, traced: dict[str, str], backend: Jaeger, tmp_path: Path
) -> None:
    started = [word.replace("{app}", "main:app") for word in command]
    with serve(ledger, started, traced) as service:
        for _ in range(SENT):
            assert service.request("/accounts/ada").status == 200
        # A worker's numbers stand in its file at once; ten scrapes meet both workers.
        assert [total(service) for _ in range(10)] == [SENT] * 10

        spans = backend.wait_for_spans(
            traced["OTEL_SERVICE_NAME"],
            lambda found: len([span for span in found if span.kind == "server"]) >= SENT,
        )

    served = [span for span in spans if span.kind == "server"]
    assert len(served) == SENT
    assert len({span.resource["service.instance.id"] for span in served}) == 2


def test_a_worker_that_dies_takes_no_requests_out_of_the_sum(
    ledger: Project, variables: dict[str, str], tmp_path: Path
) -> None:
    recycled = [*(word.replace("{app}", "main:app") for word in GUNICORN), "--max-requests", "10"]
    with serve(ledger, recycled, variables) as service:
        for _ in range(SENT):
            assert wait_until(lambda: service.request("/accounts/ada").status == 200, what="an answer")
        assert total(service) == SENT


def test_numbers_of_an_earlier_start_are_gone(ledger: Project, variables: dict[str, str]) -> None:
    command = [word.replace("{app}", "main:app") for word in UVICORN]
    for _ in range(2):
        with serve(ledger, command, variables) as service:
            assert service.request("/accounts/ada").status == 200
            assert total(service) == 1
