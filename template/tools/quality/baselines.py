"""Finds the snapshot that a name means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality.documents import SNAPSHOT, Snapshot, read_document
from quality.errors import QualityError
from quality.history import open_history

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MAKES_IT = "python tools/quality capture --output {file} makes it."


def current_snapshot(name: str, project: Path) -> Snapshot:
    """Return the snapshot of this commit.

    Args:
        name: A snapshot's file; empty, or its release or commit, for `reports/snapshot.json`.
        project: The project's directory.

    Raises:
        QualityError: It is not there, is not a snapshot, or is one of another release.
    """
    if name.endswith(".json"):
        return read_document(Snapshot, project / name, hint=_MAKES_IT.format(file=name))
    snapshot = read_document(Snapshot, project / SNAPSHOT, hint=_MAKES_IT.format(file=SNAPSHOT))
    if name not in {"", snapshot.release, snapshot.commit}:
        raise QualityError(
            f"is of {snapshot.release}, not of {name}",
            where=SNAPSHOT,
            hint=f"Capture it with --release {name}, or name the snapshot's file.",
        )
    return snapshot


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
