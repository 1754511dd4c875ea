"""The branch that pipelines run for, read from git's own files: nothing is run.

https://git-scm.com/docs/gitrepository-layout
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# What every provider's file and every shell can hold as it is; git itself allows quotes, `$` and brackets.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
_USUAL = ("main", "master", "trunk", "develop")
_MAX_REFS = 5_000_000


def default_branch(root: Path) -> tuple[str, str]:
    """Return the default branch: the one of ``origin``, else a usual name that exists, else the current one.

    Args:
        root: The project's directory, in a git repository or not.

    Returns:
        The branch, ``main`` when nothing tells; and a warning, when a name was refused.
    """
    git = _git_directory(root)
    if git is None:
        return "main", ""
    refused = ""
    head = _symbolic(git / "refs" / "remotes" / "origin" / "HEAD", "refs/remotes/origin/")
    current = _symbolic(git / "HEAD", "refs/heads/")
    known = [head] if head else [name for name in _USUAL if _exists(git, name)]
    for name in (*known, current):
        if name and _PLAIN.fullmatch(name) and ".." not in name and not name.endswith((".lock", "/", ".")):
            return name, refused
        if name and not refused:
            refused = f"git: the branch {name!r} is not used, its name needs quoting"
    return "main", refused


def _git_directory(root: Path) -> Path | None:
    """Find the repository at or above the project, also of a worktree, whose ``.git`` is a file."""
    for directory in (root, *root.parents):
        entry = directory / ".git"
        if entry.is_dir():
            return entry
        if entry.is_file():
            match = re.match(r"gitdir:\s*(.+)", _read(entry))
            inner = (directory / match[1].strip()).resolve() if match else None
            if inner is None or not inner.is_dir():
                return None
            common = _read(inner / "commondir").strip()
            return (inner / common).resolve() if common else inner
    return None


def _symbolic(path: Path, prefix: str) -> str:
    match = re.fullmatch(r"ref:\s*(.+?)\s*", _read(path))
    return match[1].removeprefix(prefix) if match and match[1].startswith(prefix) else ""


def _exists(git: Path, name: str) -> bool:
    if any((git / "refs" / place / name).is_file() for place in ("heads", "remotes/origin")):
        return True
    packed = _read(git / "packed-refs")
    return re.search(rf"(?m)^\w+ refs/(?:heads|remotes/origin)/{re.escape(name)}$", packed) is not None


def _read(path: Path) -> str:
    try:
        if not path.is_file() or path.stat().st_size > _MAX_REFS:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
