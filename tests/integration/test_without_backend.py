"""The tracing backend is away, or takes connections and never answers: nobody who uses the service may notice."""

from __future__ import annotations

import socket
import statistics
import time
from typing import TYPE_CHECKING

import pytest
from support.processes import free_port
from support.running import bare, serve
from support.sample_services import CATALOG, SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.running import Project, Service
    from support.servers import Postgres, Redis

REQUESTS = 220
WARM_UP = 20


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        yield listener.getsockname()[1]


@pytest.fixture
def endpoint(request: pytest.FixtureRequest) -> str:
    port = free_port() if request.param == "refused" else request.getfixturevalue("silent_port")
    return f"http://127.0.0.1:{port}"


def medians(*services: Service) -> list[float]:
    """Ask the services in turn, so that a busy machine is as busy for each; return the median times."""
    times: list[list[float]] = [[] for _ in services]
    for number in range(REQUESTS):
        for service, taken in zip(services, times, strict=True):
            answer = service.request("/products/1")
            assert answer.status == 200
            if number >= WARM_UP:
                taken.append(answer.seconds)
    return [statistics.median(taken) for taken in times]


@pytest.mark.parametrize("endpoint", ["refused", "silent"], indirect=True)
def test_the_service_answers_as_fast_says_so_once_and_stops_in_time(
    endpoint: str,
    catalog: Project,
    variables: dict[str, str],
    postgres: Postgres,
    redis: Redis,
    tmp_path: Path,
) -> None:
    needed = variables | {"DATABASE_URL": postgres.url("postgresql+asyncpg")}
    away = needed | {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_TIMEOUT": "1"}
    untouched = bare(SERVICES / "catalog", tmp_path / "bare", catalog)
    with (
        serve(untouched, CATALOG, needed, alive="/products/1") as plain,
        serve(catalog, CATALOG, away) as service,
    ):
        before, after = medians(plain, service)
        time.sleep(2)  # longer than the export's timeout: whatever is going to be said is said now
        begin = time.perf_counter()
        service.process.stop(seconds=60)
        stopped = time.perf_counter() - begin

    assert after < before * 2 + 0.002, f"{before * 1000:.2f} ms bare, {after * 1000:.2f} ms observed"
    output = service.process.output()
    assert "Traceback" not in output
    complaints = [line for line in output.splitlines() if "/v1/traces" in line or "export" in line.lower()]
    assert len(complaints) == 1, complaints
    assert stopped < 10
