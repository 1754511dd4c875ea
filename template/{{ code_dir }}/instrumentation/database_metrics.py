"""Counts the queries that go through SQLAlchemy."""

from __future__ import annotations

from functools import cache

from prometheus_client import Counter
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from .database import operation_of, system_of
from .registry import make

DATABASE_QUERIES_TOTAL = make(
    Counter,
    "database_queries_total",
    "Statements that were sent to a database.",
    "system",
    "operation",
)


@cache
def count_queries() -> None:
    """Count the statements of all engines from now on."""
    event.listen(Engine, "before_cursor_execute", _count)


def _count(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    _counter(connection.dialect.name, operation_of(statement)).inc()


@cache
def _counter(dialect: str, operation: str) -> Counter:
    return DATABASE_QUERIES_TOTAL.labels(system_of(dialect), operation)
