"""The engine, started once for all tests that need one."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from support.engine import Engine, engine
from support.images import stand_in
from support.processes import ServerMissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def containers() -> Iterator[Engine]:
    """A container engine; skips, or fails where servers are required, when there is none."""
    with ExitStack() as stack:
        try:
            running = stack.enter_context(engine())
        except ServerMissingError as missing:
            if os.environ.get("RELEASE_QUALITY_REQUIRE_SERVERS"):
                pytest.fail(str(missing), pytrace=False)
            pytest.skip(str(missing))
        yield running


@pytest.fixture(scope="session")
def bases(containers: Engine) -> Callable[..., None]:
    """Puts stand-ins under the names that generated Dockerfiles build on."""

    def provide(*names: str) -> None:
        for name in names:
            try:
                stand_in(containers, name, *OFFICIAL[name])
            except ServerMissingError as missing:
                if os.environ.get("RELEASE_QUALITY_REQUIRE_SERVERS"):
                    pytest.fail(str(missing), pytrace=False)
                pytest.skip(str(missing))

    return provide


OFFICIAL = {
    "python": ("python:3.13-trixie", "python:3.13-slim-trixie"),
    "node": ("node:24-trixie", "node:24-trixie-slim"),
    "maven": ("maven:3.9-eclipse-temurin-21",),
    "temurin": ("eclipse-temurin:21-jre-noble",),
    "postgres": ("postgres:18.6",),
    "redis": ("redis:8.10.0",),
    "prometheus": ("prom/prometheus:v3.13.2",),
    "jaeger": ("jaegertracing/jaeger:2.21.0",),
    "locust": ("locustio/locust:2.47.0",),
}
