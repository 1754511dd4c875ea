"""What is common to the spans, the counts and the check of SQLAlchemy's engines.

Everything listens to the class `Engine`, not to one engine, so it covers engines that
were made before set-up, asynchronous ones, and any number of them.

https://docs.sqlalchemy.org/en/20/core/events.html
"""

from __future__ import annotations

import re
from functools import lru_cache

_COMMENT = r"/\*.*?\*/|--[^\n]*\n"
_FIRST_WORD = re.compile(rf"(?:\s|\(|{_COMMENT})*([A-Za-z]+)", re.DOTALL)
_OPERATIONS = frozenset(
    {
        "ALTER",
        "BEGIN",
        "CALL",
        "COMMIT",
        "CREATE",
        "DELETE",
        "DROP",
        "EXPLAIN",
        "INSERT",
        "MERGE",
        "PRAGMA",
        "REPLACE",
        "ROLLBACK",
        "SELECT",
        "SET",
        "SHOW",
        "TRUNCATE",
        "UPDATE",
        "VACUUM",
        "WITH",
    }
)
# https://opentelemetry.io/docs/specs/semconv/registry/attributes/db/
_SYSTEMS = {"mssql": "microsoft.sql_server", "oracle": "oracle.db"}


@lru_cache(maxsize=1024)
def operation_of(statement: str) -> str:
    """Return the first word of a statement, one of a few: `SELECT`, `INSERT` …."""
    found = _FIRST_WORD.match(statement)
    word = found[1].upper() if found else ""
    return word if word in _OPERATIONS else "OTHER"


def system_of(dialect: str) -> str:
    """Return OpenTelemetry's name of a database system for SQLAlchemy's."""
    return _SYSTEMS.get(dialect, dialect)
