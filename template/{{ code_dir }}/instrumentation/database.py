"""What the spans and the counts of database queries say about a statement.

https://opentelemetry.io/docs/specs/semconv/database/database-spans/
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
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_TEXT_LENGTH = 2000
# https://opentelemetry.io/docs/specs/semconv/registry/attributes/db/
_SYSTEMS = {
    "microsoft": "microsoft.sql_server",
    "mssql": "microsoft.sql_server",
    "oracle": "oracle.db",
}


@lru_cache(maxsize=1024)
def operation_of(statement: str) -> str:
    """Return the first word of a statement, one of a few: `SELECT`, `INSERT` …."""
    found = _FIRST_WORD.match(statement)
    word = found[1].upper() if found else ""
    return word if word in _OPERATIONS else "OTHER"


def system_of(dialect: str) -> str:
    """Return OpenTelemetry's name of a database system for a library's own."""
    return _SYSTEMS.get(dialect, dialect)


def masked(statement: str) -> str:
    """Return a statement without the values that are written into its text."""
    return _LITERAL.sub("?", statement)[:_TEXT_LENGTH]


def short_name(database: str) -> str:
    """Return the file's own name for a database that is a file."""
    return re.split(r"[/\\]", database)[-1]
