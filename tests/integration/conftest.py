"""Servers and observed services, each started once for all integration tests."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from support import servers
from support.jaeger import Jaeger, jaeger
from support.processes import ServerMissingError
from support.running import Project, Service, observed, serve
from support.sample_services import CATALOG, LEDGER, SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

S = TypeVar("S")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this directory, so that no test here is forgotten."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.integration)


def _running(server: Callable[[], AbstractContextManager[S]]) -> Iterator[S]:
    with ExitStack() as stack:
        try:
            running = stack.enter_context(server())
        except ServerMissingError as missing:
            if os.environ.get("RELEASE_QUALITY_REQUIRE_SERVERS"):
                pytest.fail(str(missing), pytrace=False)
            pytest.skip(str(missing))
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    """A PostgreSQL; a test that stops it starts it again."""
    yield from _running(servers.postgres)


@pytest.fixture(scope="session")
def redis() -> Iterator[servers.Redis]:
    """A Redis; a test that stops it starts it again."""
    yield from _running(servers.redis)


@pytest.fixture(scope="session")
def backend() -> Iterator[Jaeger]:
    """A Jaeger that keeps what every test sends; tests tell their spans apart by the service name."""
    yield from _running(jaeger)


@pytest.fixture(scope="session")
def catalog(
    tmp_path_factory: pytest.TempPathFactory, postgres: servers.Postgres, redis: servers.Redis
) -> Project:
    """The catalog service after ``release-quality apply --defaults``; not made where its servers are missing."""
    return observed(SERVICES / "catalog", tmp_path_factory.mktemp("observed") / "catalog")


@pytest.fixture(scope="session")
def ledger(
    tmp_path_factory: pytest.TempPathFactory, postgres: servers.Postgres, redis: servers.Redis
) -> Project:
    """The ledger service after ``release-quality apply --defaults``; not made where its servers are missing."""
    return observed(SERVICES / "ledger", tmp_path_factory.mktemp("observed") / "ledger")


@pytest.fixture
def variables(
    postgres: servers.Postgres, redis: servers.Redis, request: pytest.FixtureRequest
) -> dict[str, str]:
    """The environment of both services, without a tracing backend; the service is named after the test."""
    return {
        "DATABASE_URL": postgres.url(),
        "REDIS_URL": redis.url,
        "BROKER_URL": redis.url,
        "OTEL_SERVICE_NAME": f"{request.node.path.stem} {request.node.name}",
        "OTEL_TRACES_SAMPLER": "always_on",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }


@pytest.fixture
def traced(variables: dict[str, str], backend: Jaeger) -> dict[str, str]:
    """The environment of both services, with Jaeger to send traces to."""
    return variables | {"OTEL_EXPORTER_OTLP_ENDPOINT": backend.endpoint}


@pytest.fixture
def running_catalog(
    catalog: Project, variables: dict[str, str], postgres: servers.Postgres
) -> Iterator[Service]:
    """The catalog in one uvicorn process, with nowhere to send traces to."""
    with serve(catalog, CATALOG, variables | {"DATABASE_URL": postgres.url("postgresql+asyncpg")}) as service:
        yield service


@pytest.fixture
def prometheus(running_catalog: Service) -> Iterator[servers.Prometheus]:
    """A Prometheus that scrapes the running catalog."""
    yield from _running(lambda: servers.prometheus([running_catalog.address]))


@pytest.fixture
def running_ledger(ledger: Project, variables: dict[str, str]) -> Iterator[Service]:
    """The ledger in one gunicorn worker, with nowhere to send traces to."""
    with serve(ledger, LEDGER, variables) as service:
        yield service
