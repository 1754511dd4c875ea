"""The history in an SQLite file."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

from quality.errors import QualityError
from quality.history import COLUMNS, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# How long a writer waits for another one, in seconds.
_PATIENCE = 60.0


class SqliteDatabase:
    """An open SQLite file."""

    placeholder = "?"
    errors: type[Exception] = sqlite3.Error

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        return self._connection.execute(statement, values).fetchall()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Open a transaction in which nobody else writes; committed at its end."""
        # A transaction that begins by reading could not become a writing one beside another.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()


@contextlib.contextmanager
def connect(file: Path, *, create: bool) -> Iterator[SqliteDatabase]:
    """Open the file, and make the table when it is not there.

    Args:
        file: The file.
        create: Whether it is made; otherwise a missing one is empty.

    Raises:
        QualityError: It cannot be opened, or is no such database.
    """
    exists = file.is_file()
    if create and not file.parent.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        # A database does not belong into version control; folders of caches say so themselves, too.
        (file.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    try:
        connection = sqlite3.connect(
            file if exists or create else ":memory:", timeout=_PATIENCE, isolation_level=None
        )
    except sqlite3.Error as error:
        raise QualityError(f"cannot be opened: {error}", where=str(file)) from None
    with contextlib.closing(connection):
        database = SqliteDatabase(connection)
        columns = ", ".join(f"{name} {types[0]}" for name, types in COLUMNS.items())
        try:
            with database.alone():
                database.execute(
                    f"CREATE TABLE IF NOT EXISTS {TABLE} ({columns}, PRIMARY KEY (release, commit_hash))"
                )
        except sqlite3.Error as error:
            raise QualityError(f"is not a history: {error}", where=str(file)) from None
        yield database
