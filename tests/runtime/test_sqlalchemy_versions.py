"""Queries through SQLAlchemy are traced and counted, over its versions, with plain and asynchronous engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.applied import applied
from support.running import serve

from codemods.verification.receiver import OtlpReceiver

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.runtime

SERVER = ["uvicorn", "app.main:app", "--port", "{port}"]
DATABASE = """
import pathlib

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

folder = pathlib.Path(__file__).parent.parent
engine = create_engine(f"sqlite:///{folder}/plain.db")
later = create_async_engine(f"sqlite+aiosqlite:///{folder}/later.db")
"""
MAIN = """
from fastapi import FastAPI, HTTPException
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.database import engine, later

app = FastAPI()


@app.get("/plain")
def plain():
    with engine.connect() as connection:
        return connection.execute(text("SELECT 1")).scalar()


@app.get("/later")
async def asynchronous():
    async with later.connect() as connection:
        return (await connection.execute(text("SELECT 2"))).scalar()


@app.get("/broken")
def broken():
    with engine.connect() as connection:
        try:
            connection.execute(text("SELECT * FROM nowhere"))
        except OperationalError:
            raise HTTPException(503) from None
"""


@pytest.mark.parametrize(
    ("version", "driver"),
    [
        ("==1.4.54", "aiosqlite<0.22"),
        ("==2.0.0", "aiosqlite<0.22"),
        ("~=2.0.40", "aiosqlite"),
        (">=2.1", "aiosqlite"),
    ],
)
def test_each_query_has_a_span_and_is_counted(tmp_path: Path, version: str, driver: str) -> None:
    files = {"app/__init__.py": "", "app/main.py": MAIN, "app/database.py": DATABASE}
    needed = ["fastapi>=0.165", "uvicorn", f"sqlalchemy[asyncio]{version}", driver]
    service = applied(tmp_path / "shop", files, needed)
    with OtlpReceiver() as receiver:
        with serve(service, SERVER, {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}) as running:
            assert [running.request(path).status for path in ("/plain", "/later", "/broken")] == [
                200,
                200,
                503,
            ]
            assert running.request("/ready").json()["checks"] == {"database": "ok", "database_2": "ok"}
            metrics = running.request("/metrics").body
        spans = receiver.spans()
    server = {span.span_id: span.name for span in spans if span.kind == "server"}
    queries = {server[span.parent_id]: span for span in spans if span.kind == "client"}
    assert {route: span.name for route, span in queries.items()} == {
        "GET /plain": "SELECT plain.db",
        "GET /later": "SELECT later.db",
        "GET /broken": "SELECT plain.db",
    }
    assert len(spans) == 6
    assert queries["GET /broken"].status == "error"
    assert queries["GET /plain"].attributes["db.namespace"] == str(service.directory / "plain.db")
    # Three of the requests, two of the readiness checks.
    assert 'database_queries_total{operation="SELECT",system="sqlite"} 5.0' in metrics
    assert "Traceback" not in running.process.output()


BESIDE = """
import sqlite3

from fastapi import FastAPI
from sqlalchemy import create_engine, text

app = FastAPI()
engine = create_engine("sqlite:///through.db")


@app.get("/through")
def through():
    with engine.connect() as connection:
        return connection.execute(text("SELECT 1")).scalar()


@app.get("/direct")
def direct():
    connection = sqlite3.connect("direct.db")
    try:
        return connection.cursor().execute("SELECT 2").fetchone()[0]
    finally:
        connection.close()
"""


def test_a_driver_that_is_called_directly_is_traced_beside_sqlalchemy_and_not_below_it(
    tmp_path: Path,
) -> None:
    files = {"app/__init__.py": "", "app/main.py": BESIDE}
    service = applied(tmp_path / "shop", files, ["fastapi>=0.165", "uvicorn", "sqlalchemy>=2.1"])
    with OtlpReceiver() as receiver:
        with serve(service, SERVER, {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}) as running:
            assert [running.request(path).status for path in ("/through", "/direct")] == [200, 200]
        spans = receiver.spans()
    server = {span.span_id: span.name for span in spans if span.kind == "server"}
    queries = [
        (server[span.parent_id], span.attributes["db.query.text"], span.scope)
        for span in spans
        # What SQLAlchemy asks when it connects is no statement of the service.
        if span.kind == "client" and "PRAGMA" not in span.name
    ]
    assert sorted(queries) == [
        ("GET /direct", "SELECT 2", "opentelemetry.instrumentation.sqlite3"),
        ("GET /through", "SELECT 1", "app.instrumentation.database_spans"),
    ]
