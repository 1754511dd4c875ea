"""The project's directory and its git working tree: what must hold before anything is written."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.errors import UsageError
from codemods.plan import content_hash
from codemods.record import RECORD_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from codemods.record import Record


def project_directory(path: str) -> Path:
    """Return the project's directory.

    Raises:
        UsageError: It does not exist or is no directory.
    """
    root = Path(path).expanduser()
    if not root.exists():
        raise UsageError(
            "no such directory", where=path, hint="Give the directory of the service to instrument."
        )
    if not root.is_dir():
        raise UsageError(
            "is a file, not a project directory", where=path, hint=f"Did you mean {root.parent}?"
        )
    return root.resolve()


def service_directory(path: str, service: str) -> Path:
    """Return the directory of one service of a project, or the project itself when no service is named.

    Raises:
        UsageError: There is no such directory, or it lies outside the project.
    """
    root = project_directory(path)
    if not service:
        return root
    directory = project_directory(str(root / service))
    if not directory.is_relative_to(root):
        raise UsageError(
            "lies outside the project", where=f"--service {service}", hint=f"Give a directory below {path}."
        )
    return directory


def require_clean(root: Path, record: Record, *, allow_dirty: bool, confirm: Callable[[str], bool]) -> None:
    """Refuse a git tree with uncommitted changes, so that our diff can be told from the user's.

    What earlier runs of ours left uncommitted does not count. Untracked files do not count either: nothing
    overwrites them.

    Args:
        root: The project.
        record: What we wrote, by content hash.
        allow_dirty: ``--allow-dirty``.
        confirm: Asks the user at a terminal; answers no without one.

    Raises:
        UsageError: There are such changes, and nobody said to go ahead.
    """
    if allow_dirty:
        return
    dirty = [path for path in _changed_files(root) if not _ours(root, path, record)]
    if not dirty:
        return
    listed = ", ".join(dirty[:5]) + (f" and {len(dirty) - 5} more" if len(dirty) > 5 else "")  # noqa: PLR2004
    if confirm(f"There are uncommitted changes ({listed}). Go ahead?"):
        return
    raise UsageError(
        f"there are uncommitted changes: {listed}",
        where=str(root),
        hint="Commit or stash them, or pass --allow-dirty.",
    )


def _ours(root: Path, path: str, record: Record) -> bool:
    if path == RECORD_FILE:
        return True
    file = root / path
    return content_hash(file.read_bytes() if file.is_file() else None) in {
        record.generated.get(path),
        record.touched.get(path),
    }


def _changed_files(root: Path) -> list[str]:
    """Return tracked files with changes, relative to ``root``; none outside git or without git."""
    command = ["git", "-C", str(root), "diff", "--name-only", "-z", "--relative", "HEAD", "--", "."]
    try:
        result = subprocess.run(command, capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return []
    if result.returncode != 0:
        return []
    return sorted(name.decode("utf-8", "surrogateescape") for name in result.stdout.split(b"\0") if name)
