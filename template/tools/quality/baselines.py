"""Finds the snapshot that a name means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quality.documents import SNAPSHOT, Snapshot, read_document
from quality.history import open_history

if TYPE_CHECKING:
    from collections.abc import Callable

_MAKES_IT = "python tools/quality capture --output {file} makes it."


def current_snapshot(name: str, project: Path) -> Snapshot:
    """Return the snapshot of this commit.

    Args:
        name: A snapshot's file; empty, or the name of a release, for `reports/snapshot.json`.
        project: The project's directory.

    Raises:
        QualityError: It is not there, or not a snapshot.
    """
    file = project / name if name and (project / name).is_file() else project / SNAPSHOT
    shown = Path(name) if file == project / name else Path(SNAPSHOT)
    return read_document(Snapshot, file, hint=_MAKES_IT.format(file=shown))


def baseline_snapshot(name: str, project: Path, history: Callable[[], str], commit: str) -> Snapshot | None:
    """Return the snapshot to compare with.

    Args:
        name: A snapshot's file, or a release or commit of the history.
        project: The project's directory.
        history: Says where the history is; asked only when it is needed.
        commit: The current commit, which is never its own baseline.

    Returns:
        The snapshot; None when the history has none of that name: the first run.

    Raises:
        QualityError: The file is not a snapshot, or the history cannot be read.
    """
    if not name:
        return None
    if name.endswith(".json") and (project / name).is_file():
        return read_document(Snapshot, project / name)
    with open_history(history(), project) as entries:
        return entries.find(name, other_than=commit)
