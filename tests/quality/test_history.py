"""The history in a file: nothing is lost between writers, and the right baseline is found."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from quality import documents
from quality.errors import QualityError
from quality.history import URL_VARIABLE, location_of_history, open_history
from quality.history_postgresql import without_password
from quality.settings import Settings
from support.evidence import snapshot
from support.history_writers import write_together

if TYPE_CHECKING:
    from pathlib import Path

FILE = ".quality/history.sqlite"
START = datetime(2030, 1, 1, tzinfo=UTC)


def fill(project: Path, *keys: tuple[str, str]) -> None:
    with open_history(FILE, project, create=True) as history:
        for hour, (release, commit) in enumerate(keys):
            history.store(snapshot(release=release, commit=commit, created=START + timedelta(hours=hour)))


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    stored = snapshot().model_dump_json()
    write_together(FILE, tmp_path, stored, processes=4, each=10, environment=os.environ)
    with open_history(FILE, tmp_path) as history:
        found = {entry.snapshot.commit for entry in history.entries(limit=1000)}
    assert found == {f"{writer}-{number}" for writer in range(4) for number in range(10)}


def test_the_same_release_and_commit_is_replaced(tmp_path: Path) -> None:
    with open_history(FILE, tmp_path, create=True) as history:
        assert history.store(snapshot(quality_score=1.0)) is False
        assert history.store(snapshot(quality_score=2.0)) is True
        assert history.store(snapshot(release="other")) is False
        assert [entry.snapshot.quality_score for entry in history.entries("topic")] == [2.0]


def test_entries_are_the_newest_and_come_oldest_first(tmp_path: Path) -> None:
    fill(tmp_path, ("main", "1"), ("topic", "2"), ("main", "3"), ("main", "4"))
    with open_history(FILE, tmp_path) as history:
        assert [entry.snapshot.commit for entry in history.entries("main", limit=2)] == ["3", "4"]
        assert [entry.snapshot.commit for entry in history.entries()] == ["1", "2", "3", "4"]


def test_regressions_come_back_with_their_snapshot(tmp_path: Path) -> None:
    compared = documents.Regressions(current="topic", baseline="main", threshold_percent=5, comparable=True)
    with open_history(FILE, tmp_path, create=True) as history:
        history.store(snapshot(), compared)
        assert history.entries()[0].regressions == compared


def test_a_baseline_is_the_newest_of_its_release_or_a_commit_but_never_the_commit_itself(
    tmp_path: Path,
) -> None:
    first, second, third = "abcdef1" + "0" * 33, "abcdef2" + "0" * 33, "abcdef3" + "0" * 33
    fill(tmp_path, ("main", first), ("main", second), ("topic", third))
    with open_history(FILE, tmp_path) as history:
        found = {
            name: (entry.commit if (entry := history.find(name, other_than=second)) else None)
            for name in ("main", "abcdef1", third, "nowhere", "abc")
        }
    assert found == {"main": first, "abcdef1": first, third: third, "nowhere": None, "abc": None}


@pytest.mark.parametrize(
    "name", ["a'b", 'x"; DROP TABLE quality_snapshots; --', "%", "_", "a\nb", "</script>"]
)
def test_names_are_values_never_statements(tmp_path: Path, name: str) -> None:
    fill(tmp_path, ("main", "1"), (name, "2"))
    with open_history(FILE, tmp_path) as history:
        found = history.find(name)
        assert found is not None
        assert found.commit == "2"
        assert len(history.entries()) == 2


def test_reading_a_history_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with open_history(FILE, tmp_path) as history:
        assert history.entries() == []
        assert history.find("main") is None
    assert not (tmp_path / FILE).exists()


def test_an_entry_of_another_version_is_left_out_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, ("main", "1"), ("main", "2"))
    with open_history(FILE, tmp_path) as history:
        history._database.execute("UPDATE quality_snapshots SET snapshot = '{}' WHERE commit_hash = '1'")
        assert [entry.snapshot.commit for entry in history.entries()] == ["2"]
    assert "1 entries cannot be read by this version" in capsys.readouterr().err


def test_a_file_that_is_no_history_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("This is not a database, but it is long enough to look at.\n" * 100)
    with (
        pytest.raises(QualityError, match=r"notes\.txt: is not a history"),
        open_history("notes.txt", tmp_path),
    ):
        pass


def test_a_folder_that_cannot_be_made_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(QualityError, match=r"file/history\.sqlite"),
        open_history("file/history.sqlite", tmp_path, create=True),
    ):
        pass


def test_the_environment_goes_before_the_settings_and_an_option_before_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = Settings(history="in/settings.sqlite")
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    assert location_of_history(settings) == "in/settings.sqlite"
    monkeypatch.setenv(URL_VARIABLE, "postgresql://db/quality")
    assert location_of_history(settings) == "postgresql://db/quality"
    assert location_of_history(settings, "x.sqlite") == "x.sqlite"


def test_a_password_in_the_settings_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    with pytest.raises(QualityError, match="holds a password") as caught:
        location_of_history(Settings(history="postgresql://me:s3cret@db/quality"))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cret@db:5432/quality?sslmode=require&password=s3cret",
        "postgresql://s3cret@db/quality",
        "postgresql://me:s3cret@db:port/quality",
        "mysql://me:s3cret@db/quality",
        "postgresql://me:s3cret@[::1/quality",
    ],
)
def test_what_is_shown_of_a_url_holds_no_secret(url: str, tmp_path: Path) -> None:
    assert "s3cret" not in without_password(url)
    with pytest.raises(QualityError) as caught, open_history(url, tmp_path):
        pass
    assert "s3cret" not in str(caught.value)
