"""The history of snapshots in a real PostgreSQL."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psycopg
import pytest
from quality.documents import Regressions
from quality.errors import QualityError
from quality.history import TABLE, open_history
from support.evidence import snapshot
from support.history_writers import write_together

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.servers import Postgres


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    yield postgres.url()
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {TABLE}".encode())


def test_writers_at_once_make_one_table_and_lose_nothing(url: str, tmp_path: Path) -> None:
    write_together(url, tmp_path, snapshot().model_dump_json(), processes=4, each=10, environment=os.environ)
    with open_history(url, tmp_path) as history:
        found = [entry.snapshot.commit for entry in history.entries(limit=1000)]
    assert sorted(found) == sorted(f"{writer}-{number}" for writer in range(4) for number in range(10))


def test_a_snapshot_is_stored_replaced_and_found(url: str, tmp_path: Path) -> None:
    compared = Regressions(current="topic", baseline="main", threshold_percent=5, comparable=True)
    name = 'it\'s "quoted" %s $1'
    with open_history(url, tmp_path, create=True) as history:
        assert history.store(snapshot(release=name, quality_score=1.0)) is False
        assert history.store(snapshot(release=name, quality_score=2.0), compared) is True
        found = history.find(name)
        assert found == snapshot(release=name, quality_score=2.0, created=found.created if found else None)
        assert [entry.regressions for entry in history.entries(name)] == [compared]
        assert history.find("a" * 7, other_than="a" * 40) is None
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT quality_score, coverage_percent FROM quality_snapshots").fetchone()
    assert row == (2.0, 85.0)


def test_a_stopped_server_is_a_message_without_the_password(postgres: Postgres, tmp_path: Path) -> None:
    secret = postgres.url().replace("postgres@", "postgres:s3cret@")
    postgres.stop()
    try:
        with pytest.raises(QualityError, match="cannot connect") as caught, open_history(secret, tmp_path):
            pass
    finally:
        postgres.start()
    assert "s3cret" not in str(caught.value)


def test_a_database_that_is_not_there_is_a_message(postgres: Postgres, tmp_path: Path) -> None:
    elsewhere = postgres.url().removesuffix("postgres") + "nowhere"
    with (
        pytest.raises(QualityError, match=r"/nowhere: .*(cannot connect|no such database)"),
        open_history(elsewhere, tmp_path),
    ):
        pass


def test_where_timescaledb_is_installed_the_table_becomes_a_hypertable(url: str, tmp_path: Path) -> None:
    """A stand-in with TimescaleDB's signature: the extension itself is not on this machine."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE made (relation regclass, time_column name)")
        connection.execute(
            "CREATE FUNCTION create_hypertable(regclass, name) RETURNS void LANGUAGE sql"
            " AS 'INSERT INTO made VALUES ($1, $2)'"
        )
        connection.execute(
            "INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)"
            " VALUES (99999, 'timescaledb', 10, 2200, false, '2')"
        )
        try:
            for _ in range(2):
                with open_history(url, tmp_path, create=True) as history:
                    history.store(snapshot())
            made = connection.execute("SELECT relation::text, time_column::text FROM made").fetchall()
        finally:
            connection.execute("DELETE FROM pg_extension WHERE oid = 99999")
            connection.execute("DROP FUNCTION create_hypertable")
            connection.execute("DROP TABLE made")
    assert made == [(TABLE, "created")]
