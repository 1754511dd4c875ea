# mypy: disable-error-code="import-not-found,import-untyped"
"""The history in PostgreSQL; a hypertable where the TimescaleDB extension is installed."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from quality.errors import QualityError
from quality.history import COLUMNS, TABLE, URL_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg

_SCHEMES = ("postgresql", "postgres")
_DRIVER = "Install the driver: python -m pip install -r tools/quality/requirements-postgresql.txt"
_CONNECT_SECONDS = 10
# One writer at a time, whichever table it writes to: making the table must not be raced, either.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('quality_snapshots'))"


class PostgresqlDatabase:
    """An open connection."""

    placeholder = "%s"

    def __init__(self, connection: psycopg.Connection, errors: type[Exception]) -> None:
        self._connection, self.errors = connection, errors

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        # psycopg asks for literals, so that no value is pasted in: these statements are made of constants.
        cursor = self._connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Open a transaction in which nobody else writes; committed at its end."""
        with self._connection.transaction():
            self.execute(_LOCK)
            yield


def without_password(url: str) -> str:
    """Return a URL as it may be shown: without user, password and options."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the history's URL"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


@contextlib.contextmanager
def connect(url: str) -> Iterator[PostgresqlDatabase]:
    """Connect, and make the table when it is not there.

    Args:
        url: ``postgresql://user:password@host:port/database``.

    Raises:
        QualityError: The scheme is another one, the driver is missing, or the server does not answer.
    """
    name = without_password(url)
    if url.partition("://")[0] not in _SCHEMES:
        raise QualityError(
            "is not a history: a file, or a URL that begins with postgresql://",
            where=name,
            hint=f"It comes from --url, {URL_VARIABLE} or `history` in .quality-gates.yaml.",
        )
    try:
        import psycopg
    except ImportError:
        raise QualityError("needs the package psycopg", where=name, hint=_DRIVER) from None
    try:
        connection = psycopg.connect(url, connect_timeout=_CONNECT_SECONDS, autocommit=True)
    except psycopg.Error as error:
        # The driver's own message may quote the URL.
        raise QualityError(_connection_problem(error), where=name) from None
    with connection:
        database = PostgresqlDatabase(connection, psycopg.Error)
        try:
            _make_table(database)
        except psycopg.Error as error:
            raise QualityError(str(error).strip().splitlines()[0], where=name) from None
        yield database


def _make_table(database: PostgresqlDatabase) -> None:
    columns = ", ".join(f"{column} {types[1]}" for column, types in COLUMNS.items())
    with database.alone():
        if database.execute("SELECT to_regclass(%s) IS NOT NULL", [TABLE])[0][0]:
            return
        # A hypertable wants its time column in every unique index.
        unique = "PRIMARY KEY (release, commit_hash, created)"
        database.execute(f"CREATE TABLE {TABLE} ({columns}, {unique})")
        if database.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'"):
            database.execute("SELECT create_hypertable(%s, 'created')", [TABLE])


def _connection_problem(error: psycopg.Error) -> str:
    if error.sqlstate and error.sqlstate.startswith("28"):
        return "the server refuses this user or password"
    if error.sqlstate == "3D000":
        return "there is no such database"
    return "cannot connect: is the server running, and are host, port, user and password right?"
