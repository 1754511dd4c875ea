"""Counts the queries that Django's ORM and its raw cursors send."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from prometheus_client import Counter

from .database import operation_of, system_of
from .orm import text_of, wrap_statements
from .registry import make

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .orm import Execute

_QUERIES_TOTAL = make(
    Counter,
    "database_queries_total",
    "Statements that were sent to a database.",
    "system",
    "operation",
)


@cache
def count_statements() -> None:
    """Count the statements of all databases from now on."""
    wrap_statements(_count)


def _count(
    execute: Execute,
    sql: object,
    params: object,
    many: object,
    context: Mapping[str, Any],
) -> object:
    connection = context["connection"]
    _counter(connection.vendor, operation_of(text_of(sql, connection))).inc()
    return execute(sql, params, many, context)


@cache
def _counter(vendor: str, operation: str) -> Counter:
    return _QUERIES_TOTAL.labels(system_of(vendor), operation)
