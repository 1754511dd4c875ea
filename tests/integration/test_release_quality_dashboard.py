"""The dashboard of the releases has something to show once `python tools/quality store` has written to PostgreSQL."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from quality.documents import PerformanceChange, Regressions
from quality.history import open_history
from support.evidence import snapshot
from support.promql import dashboards

if TYPE_CHECKING:
    from support.servers import Postgres

FOLDER = Path(__file__).parents[2] / "template" / "observability"
PANELS = dashboards(FOLDER)["release-quality"]["panels"]
# A release may be called anything that a branch may.
RELEASES = ["main", "it's $(id) %s"]


@pytest.fixture(scope="module")
def stored(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with three snapshots of each release, the first one without a comparison."""
    measured = PerformanceChange(name="parse", base_seconds=0.5, head_seconds=0.25)
    compared = Regressions(
        current="x", baseline="main", threshold_percent=5, comparable=True, measured=[measured]
    )
    folder = tmp_path_factory.mktemp("history")
    with open_history(postgres.url(), folder, create=True) as history:
        for release in RELEASES:
            for day in range(3):
                found = snapshot(release=release, commit=f"{day:040}", quality_score=80.0 + day)
                found.created = datetime.now(UTC) - timedelta(days=3 - day)
                found.tests.coverage_percent = 90.5
                found.tests.total, found.tests.failed = 100, 1
                found.code_quality.smells_count = found.dependencies.vulnerabilities = day
                history.store(found, compared if day else None)
    return postgres.url()


def asked(raw: str, releases: list[str]) -> str:
    """Put in what Grafana puts in for its macro and its variable."""
    quoted = ",".join("'" + release.replace("'", "''") + "'" for release in releases)
    sql = raw.replace("$__timeFilter(created)", "created BETWEEN now() - interval '90 days' AND now()")
    sql = sql.replace("${release:sqlstring}", quoted)
    assert not re.search(r"\$\{|\$__", sql), sql
    return sql


def rows(url: str, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Run a statement; return its columns and rows."""
    with psycopg.connect(url) as connection:
        cursor = connection.execute(sql.encode())
        return [column.name for column in cursor.description or []], cursor.fetchall()


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_every_panel_has_rows(stored: str, panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        columns, found = rows(stored, asked(target["rawSql"], RELEASES))
        assert found
        if target["format"] == "time_series":
            assert columns[0] == "time"
            assert columns[-1] == "value"
            assert all(isinstance(row[0], datetime) and float(row[-1]) >= 0 for row in found)
            assert found == sorted(found, key=lambda row: row[0])


def test_the_newest_value_is_the_one_that_a_stat_shows(stored: str) -> None:
    score = next(panel for panel in PANELS if panel["title"] == "Quality score")
    assert rows(stored, asked(score["targets"][0]["rawSql"], ["main"]))[1][-1][-1] == 82.0


def test_the_variable_lists_the_releases(stored: str) -> None:
    (variable,) = dashboards(FOLDER)["release-quality"]["templating"]["list"]
    assert [name for (name,) in rows(stored, variable["query"])[1]] == sorted(RELEASES)


def test_a_column_that_is_not_there_is_noticed(stored: str) -> None:
    wrong = PANELS[0]["targets"][0]["rawSql"].replace("quality_score", "score_of_quality")
    with pytest.raises(psycopg.errors.UndefinedColumn):
        rows(stored, asked(wrong, RELEASES))
