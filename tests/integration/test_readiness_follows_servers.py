"""Readiness tells the truth about real servers that stop, hang and come back; liveness does not care."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.processes import wait_until

if TYPE_CHECKING:
    from support.running import Answer, Service
    from support.servers import Postgres, Redis

# The default timeout of a check is 2 s; the rest is what a loaded machine takes.
WITHIN = 5.0


def becomes(service: Service, status: int) -> Answer:
    """Ask until /ready has a status; each answer has to come in time, whatever it is."""

    def answered() -> Answer | None:
        answer = service.request("/ready")
        assert answer.seconds < WITHIN, answer
        return answer if answer.status == status else None

    answer = wait_until(answered, what=f"/ready answers {status}", seconds=15)
    assert answer is not None
    return answer


def test_ready_while_every_server_is_up(running_catalog: Service) -> None:
    answer = running_catalog.request("/ready")

    assert answer.status == 200
    assert answer.seconds < WITHIN


@pytest.mark.parametrize("name", ["running_catalog", "running_ledger"])
def test_not_ready_without_the_database_and_ready_again_with_it(
    name: str, postgres: Postgres, request: pytest.FixtureRequest
) -> None:
    service: Service = request.getfixturevalue(name)
    becomes(service, 200)
    postgres.stop()
    try:
        refused = becomes(service, 503)
        assert service.request("/health").status == 200
    finally:
        postgres.start()

    assert refused.json()["checks"]["database"] == "failed"
    for inner in ("postgres:", "127.0.0.1", str(postgres.port), "Traceback", "Error"):
        assert inner not in refused.body
    becomes(service, 200)


@pytest.mark.parametrize("name", ["running_catalog"])
def test_not_ready_without_the_cache_and_ready_again_with_it(
    name: str, redis: Redis, request: pytest.FixtureRequest
) -> None:
    service: Service = request.getfixturevalue(name)
    becomes(service, 200)
    redis.stop()
    try:
        refused = becomes(service, 503)
        assert service.request("/health").status == 200
    finally:
        redis.start()

    assert refused.json()["checks"] == {"database": "ok", "cache": "failed"}
    becomes(service, 200)


def test_not_ready_within_the_timeout_while_the_cache_hangs(running_catalog: Service, redis: Redis) -> None:
    becomes(running_catalog, 200)
    redis.process.pause()
    try:
        refused = becomes(running_catalog, 503)
        alive = running_catalog.request("/health")
    finally:
        redis.process.resume()

    assert refused.json()["checks"] == {"database": "ok", "cache": "failed"}
    assert alive.status == 200
    assert alive.seconds < 1
    becomes(running_catalog, 200)
