"""A driver of PostgreSQL under SQLAlchemy and beside it: each statement has one span, whoever sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.applied import applied
from support.running import serve

from codemods.verification.receiver import OtlpReceiver

if TYPE_CHECKING:
    from pathlib import Path

    from support.servers import Postgres

SERVER = ["uvicorn", "app.main:app", "--port", "{port}"]
ASYNCPG = """
import os

import asyncpg
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

app = FastAPI()
engine = create_async_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:"))


@app.get("/through")
async def through():
    async with engine.connect() as connection:
        return (await connection.execute(text("SELECT 1"))).scalar()


@app.get("/direct")
async def direct():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    try:
        return await connection.fetchval("SELECT 2")
    finally:
        await connection.close()
"""
PSYCOPG = """
import os

import psycopg
from fastapi import FastAPI
from sqlalchemy import create_engine, text

app = FastAPI()
engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:"))


@app.get("/through")
def through():
    with engine.connect() as connection:
        return connection.execute(text("SELECT 1")).scalar()


@app.get("/direct")
def direct():
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return connection.execute("SELECT 2").fetchone()[0]
"""


@pytest.mark.parametrize(
    ("main", "requirements"),
    [
        pytest.param(ASYNCPG, ["asyncpg", "sqlalchemy[asyncio]"], id="asyncpg"),
        pytest.param(PSYCOPG, ["psycopg[binary]", "sqlalchemy"], id="psycopg"),
    ],
)
def test_no_statement_is_lost_or_doubled(
    tmp_path: Path, main: str, requirements: list[str], postgres: Postgres
) -> None:
    files = {"app/__init__.py": "", "app/main.py": main}
    project = applied(tmp_path / "shop", files, ["fastapi>=0.165", "uvicorn", *requirements])
    with OtlpReceiver() as receiver:
        variables = {"DATABASE_URL": postgres.url(), "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
        with serve(project, SERVER, variables) as service:
            answers = [service.request(path).body for path in ("/through", "/through", "/direct")]
        spans = receiver.spans()
    assert answers == ["1", "1", "2"]
    texts = [str(span.attributes.get("db.query.text")) for span in spans if span.kind == "client"]
    assert sorted(text for text in texts if text in {"SELECT 1", "SELECT 2"}) == ["SELECT 1"] * 2 + [
        "SELECT 2"
    ]
