"""A name means a file, or a release of the history, and never silently another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from quality.baselines import baseline_snapshot, current_snapshot
from quality.documents import SNAPSHOT, write_document
from quality.errors import QualityError
from quality.history import open_history
from support.evidence import snapshot

if TYPE_CHECKING:
    from pathlib import Path

FILE = "history.sqlite"


def find(name: str, project: Path) -> str | None:
    found = baseline_snapshot(name, project, lambda: FILE, "c" * 40)
    return found.commit if found else None


@pytest.mark.parametrize("name", ["", "topic", "a" * 40, SNAPSHOT])
def test_the_current_snapshot_is_named_by_nothing_release_commit_or_file(tmp_path: Path, name: str) -> None:
    write_document(snapshot(), tmp_path / SNAPSHOT)
    assert current_snapshot(name, tmp_path).commit == "a" * 40


def test_a_snapshot_of_another_release_is_not_taken_for_the_one_that_is_named(tmp_path: Path) -> None:
    write_document(snapshot(), tmp_path / SNAPSHOT)
    with pytest.raises(QualityError, match="is of topic, not of main"):
        current_snapshot("main", tmp_path)


@pytest.mark.parametrize("name", ["", "nowhere.json"])
def test_a_snapshot_that_is_not_there_names_the_command_that_makes_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(QualityError, match="capture --output"):
        current_snapshot(name, tmp_path)


def test_a_baseline_is_a_file_or_of_the_history(tmp_path: Path) -> None:
    write_document(snapshot(commit="f" * 40), tmp_path / "main.json")
    with open_history(FILE, tmp_path, create=True) as history:
        history.store(snapshot(release="main", commit="b" * 40))
    assert find("main.json", tmp_path) == "f" * 40
    assert find("main", tmp_path) == "b" * 40
    assert find("nowhere", tmp_path) is None
    assert find("", tmp_path) is None


def test_a_commit_is_not_its_own_baseline(tmp_path: Path) -> None:
    with open_history(FILE, tmp_path, create=True) as history:
        history.store(snapshot(release="main", commit="c" * 40))
    assert find("main", tmp_path) is None
