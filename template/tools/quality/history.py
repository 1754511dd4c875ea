# mypy: disable-error-code="import-not-found,import-untyped"
"""Snapshots of earlier commits: the baseline of a comparison, and the points of a trend.

They lie in one table of an SQLite file, or of a PostgreSQL or TimescaleDB database that is named by a URL.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from quality.documents import Regressions, Snapshot
from quality.errors import QualityError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from quality.settings import Settings

URL_VARIABLE = "QUALITY_HISTORY_URL"
# Column to the type it has in SQLite and in PostgreSQL. The documents are whole; the other columns are for queries.
COLUMNS = {
    "release": ("TEXT NOT NULL", "TEXT NOT NULL"),
    "commit_hash": ("TEXT NOT NULL", "TEXT NOT NULL"),
    "created": ("TEXT NOT NULL", "TIMESTAMPTZ NOT NULL"),
    "quality_score": ("REAL", "DOUBLE PRECISION"),
    "coverage_percent": ("REAL", "DOUBLE PRECISION"),
    "smells_count": ("INTEGER", "BIGINT"),
    "vulnerabilities": ("INTEGER", "BIGINT"),
    "failed_tests": ("INTEGER", "BIGINT"),
    "snapshot": ("TEXT NOT NULL", "TEXT NOT NULL"),
    "regressions": ("TEXT", "TEXT"),
}
TABLE = "quality_snapshots"
_SHORTEST_COMMIT = 7


class Database(Protocol):
    """What a kind of database must be able to do."""

    placeholder: str
    errors: type[Exception]

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Open a transaction in which nobody else writes; committed at its end."""


@dataclass(frozen=True)
class Entry:
    """One earlier commit; ``regressions`` is None where none were stored with it."""

    snapshot: Snapshot
    regressions: Regressions | None


class History:
    """The table of snapshots.

    Args:
        database: Where it is; the table exists.
        name: What it is called in messages, without a password.
    """

    def __init__(self, database: Database, name: str) -> None:
        self._database, self.name = database, name

    def store(self, snapshot: Snapshot, regressions: Regressions | None = None) -> bool:
        """Add a snapshot; one of the same release and commit is replaced.

        Returns:
            Whether one was replaced.
        """
        row: dict[str, Any] = {
            "release": snapshot.release,
            "commit_hash": snapshot.commit,
            "created": snapshot.created.isoformat(),
            "quality_score": snapshot.quality_score,
            "coverage_percent": snapshot.tests.coverage_percent,
            "smells_count": snapshot.code_quality.smells_count,
            "vulnerabilities": snapshot.dependencies.vulnerabilities,
            "failed_tests": _failed(snapshot),
            "snapshot": snapshot.model_dump_json(),
            "regressions": regressions.model_dump_json() if regressions else None,
        }
        mark = self._database.placeholder
        same = f"FROM {TABLE} WHERE release = {mark} AND commit_hash = {mark}"
        key = (snapshot.release, snapshot.commit)
        with self._database.alone():
            replaced = self._database.execute(f"SELECT 1 {same}", key)
            if replaced:
                self._database.execute(f"DELETE {same}", key)
            marks = ", ".join([mark] * len(row))
            statement = f"INSERT INTO {TABLE} ({', '.join(row)}) VALUES ({marks})"  # noqa: S608 (constants)
            self._database.execute(statement, tuple(row.values()))
        return bool(replaced)

    def entries(self, release: str | None = None, *, limit: int = 100) -> list[Entry]:
        """Return the newest entries, oldest first.

        Args:
            release: Only of this branch or tag.
            limit: At most so many.
        """
        mark = self._database.placeholder
        condition, values = (f"WHERE release = {mark}", [release]) if release is not None else ("", [])
        statement = (
            f"SELECT snapshot, regressions FROM {TABLE} {condition} ORDER BY created DESC LIMIT {mark}"  # noqa: S608 (constants)
        )
        return self._read(self._database.execute(statement, [*values, limit]))[::-1]

    def find(self, name: str, *, other_than: str = "") -> Snapshot | None:
        """Return the newest snapshot of a release, or of a commit.

        Args:
            name: A branch, a tag, or a commit's hash (at least seven digits).
            other_than: A commit that is not meant: a repeated run is not its own baseline.
        """
        mark = self._database.placeholder
        condition, values = f"release = {mark}", [name]
        if re.fullmatch(rf"[0-9a-f]{{{_SHORTEST_COMMIT},64}}", name):
            condition, values = f"(release = {mark} OR commit_hash LIKE {mark})", [name, f"{name}%"]
        statement = (
            f"SELECT snapshot, NULL FROM {TABLE} WHERE {condition} AND commit_hash <> {mark}"  # noqa: S608 (constants)
            " ORDER BY created DESC LIMIT 1"
        )
        found = self._read(self._database.execute(statement, [*values, other_than]))
        return found[0].snapshot if found else None

    def _read(self, rows: list[tuple[Any, ...]]) -> list[Entry]:
        entries, unreadable = [], 0
        for snapshot, regressions in rows:
            try:
                entries.append(
                    Entry(
                        Snapshot.model_validate_json(snapshot),
                        Regressions.model_validate_json(regressions) if regressions else None,
                    )
                )
            except ValidationError:
                unreadable += 1
        if unreadable:
            # Rows of another version of the tool: a trend with a gap is better than none.
            print(
                f"quality: {self.name}: {unreadable} entries cannot be read by this version", file=sys.stderr
            )
        return entries


def location_of_history(settings: Settings, given: str | None = None) -> str:
    """Return where the history is: as given, else the environment's, else the settings'.

    Raises:
        QualityError: The settings, which are in version control, hold a password.
    """
    chosen = given or os.environ.get(URL_VARIABLE, "")
    if chosen:
        return chosen
    if re.match(r"\w+://[^/@]*:[^/@]*@", settings.history):
        raise QualityError(
            "`history` holds a password",
            where=".quality-gates.yaml",
            hint=f"Remove it here and put the whole URL into the environment variable {URL_VARIABLE}.",
        )
    return settings.history


@contextlib.contextmanager
def open_history(location: str, project: Path, *, create: bool = False) -> Iterator[History]:
    """Open the history.

    Args:
        location: A file relative to the project, or a ``postgresql://`` URL.
        project: The project's directory.
        create: Whether a file that is not there is made; otherwise the history is empty.

    Raises:
        QualityError: It cannot be opened, read or written; a password is never part of the message.
    """
    if "://" in location:
        from quality.history_postgresql import without_password

        name = without_password(location)
    else:
        name = location
    try:
        with _connect(location, project, create=create) as database:
            try:
                yield History(database, name)
            except database.errors as error:
                raise QualityError(_first_line(error), where=name) from None
    except OSError as error:
        raise QualityError(f"cannot be opened: {error.strerror or error}", where=name) from None


def _connect(location: str, project: Path, *, create: bool) -> contextlib.AbstractContextManager[Database]:
    if "://" in location:
        from quality.history_postgresql import connect as connect_postgresql

        return connect_postgresql(location)
    from quality.history_sqlite import connect as connect_sqlite

    return connect_sqlite(project / location, create=create)


def _failed(snapshot: Snapshot) -> int | None:
    tests = snapshot.tests
    return None if tests.total is None else (tests.failed or 0) + (tests.errors or 0)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
