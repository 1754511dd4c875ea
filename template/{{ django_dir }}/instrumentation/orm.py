"""Stands around the statements that Django sends to its databases.

https://docs.djangoproject.com/en/stable/topics/db/instrumentation/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections
from django.db.backends.signals import connection_created

if TYPE_CHECKING:
    from collections.abc import Callable

    Execute = Callable[..., object]
    # Of whatever backend stands in `DATABASES`.
    Connection = Any
    Statement = Any


def wrap_statements(wrapper: Callable[..., object]) -> None:
    """Call a wrapper around each statement: of all databases, in all threads."""

    def attach(connection: Connection, **_: object) -> None:
        wrappers: list[Callable[..., object]] = connection.execute_wrappers
        # Whoever enters `execute_wrapper` takes the last one off when leaving, so ours
        # is the first. It is there already when a connection is made again.
        if wrapper not in wrappers:
            wrappers.insert(0, wrapper)

    connection_created.connect(attach, weak=False)
    if settings.configured:
        for connection in connections.all(initialized_only=True):
            attach(connection)


def text_of(statement: Statement, connection: Connection) -> str:
    """Return a statement as text; psycopg's may be composed of parts."""
    if isinstance(statement, str):
        return statement
    if hasattr(statement, "as_string"):
        return str(statement.as_string(connection.connection))
    return str(statement)
