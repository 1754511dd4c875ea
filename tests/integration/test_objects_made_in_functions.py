"""Pools and clients that exist only in a function: traced, and asked by readiness once the shown lines are added."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest
from support.applied import applied
from support.processes import wait_until
from support.running import serve

from codemods.verification.receiver import OtlpReceiver

if TYPE_CHECKING:
    from pathlib import Path

    from support.servers import Postgres, Redis

SERVER = ["uvicorn", "app.main:app", "--port", "{port}"]
MAIN = """
import os
from contextlib import asynccontextmanager

{imports}
from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
{made}
    app.state.made = {name}
    # checks
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/asked")
{asked}
"""
ASYNCPG = MAIN.format(
    imports="import asyncpg",
    made='    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=0)',
    name="pool",
    asked='async def asked():\n    return await app.state.made.fetchval("SELECT 1")',
)
PSYCOPG = MAIN.format(
    imports="from psycopg_pool import ConnectionPool",
    made='    pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=0, max_size=2, timeout=1, open=False)\n    pool.open()',
    name="pool",
    asked="def asked():\n    with app.state.made.connection() as connection:\n"
    '        return connection.execute("SELECT 1").fetchone()[0]',
)
PSYCOPG_ASYNC = MAIN.format(
    imports="from psycopg_pool import AsyncConnectionPool",
    made='    pool = AsyncConnectionPool(os.environ["DATABASE_URL"], min_size=0, max_size=2, timeout=1, open=False)\n'
    "    await pool.open()",
    name="pool",
    asked="async def asked():\n    async with app.state.made.connection() as connection:\n"
    '        return (await (await connection.execute("SELECT 1")).fetchone())[0]',
)
REDIS = MAIN.format(
    imports="import redis",
    made='    client = redis.Redis.from_url(os.environ["REDIS_URL"])',
    name="client",
    asked='def asked():\n    app.state.made.set("one", 1)\n    return 1',
)
REDIS_ASYNC = MAIN.format(
    imports="import redis.asyncio as redis",
    made='    client = redis.from_url(os.environ["REDIS_URL"])',
    name="client",
    asked='async def asked():\n    await app.state.made.set("one", 1)\n    return 1',
)


def shown(warnings: list[str]) -> str:
    """Return the lines that the tool shows for pasting."""
    about = next(item for item in warnings if "readiness does not check" in item)
    return "\n".join(line.removeprefix("    ") for line in about.splitlines()[1:])


@pytest.mark.parametrize(
    ("main", "requirement", "server", "check"),
    [
        pytest.param(ASYNCPG, "asyncpg", "postgres", "database", id="asyncpg"),
        pytest.param(PSYCOPG, "psycopg[binary,pool]", "postgres", "database", id="psycopg"),
        pytest.param(PSYCOPG_ASYNC, "psycopg[binary,pool]", "postgres", "database", id="psycopg-async"),
        pytest.param(REDIS, "redis", "redis", "cache", id="redis"),
        pytest.param(REDIS_ASYNC, "redis", "redis", "cache", id="redis-async"),
    ],
)
def test_the_lines_that_are_shown_make_readiness_ask(
    tmp_path: Path, main: str, requirement: str, server: str, check: str, postgres: Postgres, redis: Redis
) -> None:
    running_server = postgres if server == "postgres" else redis
    files = {"app/__init__.py": "", "app/main.py": main}
    project = applied(tmp_path / "shop", files, ["fastapi>=0.165", "uvicorn", requirement])
    assert project.result
    file = project.directory / "app/main.py"
    lines = indent(shown(project.result.warnings), "    ")
    file.write_text(file.read_text(encoding="utf-8").replace("    # checks", lines), encoding="utf-8")
    variables = {"DATABASE_URL": postgres.url(), "REDIS_URL": redis.url}
    with OtlpReceiver() as receiver:
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.endpoint
        with serve(project, SERVER, variables) as service:
            assert service.request("/asked").json() == 1
            ready = service.request("/ready")
            assert (ready.status, ready.json()["checks"]) == (200, {check: "ok"}), service.process.output()
            running_server.stop()
            try:
                wait_until(lambda: service.request("/ready").status == 503, what="/ready answers 503")
                assert service.request("/health").status == 200
            finally:
                running_server.start()
            wait_until(lambda: service.request("/ready").status == 200, what="/ready answers 200 again")
        spans = receiver.spans()
    server_span = next(span for span in spans if span.kind == "server")
    called = [span for span in spans if span.parent_id == server_span.span_id and span.kind == "client"]
    # A pool of asyncpg resets a connection that it gets back.
    texts = [str(span.attributes["db.query.text"]) for span in called]
    assert len([text for text in texts if "pg_advisory_unlock_all" not in text]) == 1, texts
