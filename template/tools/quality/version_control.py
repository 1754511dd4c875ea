"""What git knows of the project. Everything also works without git, with less to say."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from quality.documents import Changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SECONDS = 120


def current_commit(project: Path) -> str:
    """Return the hash of the commit that is checked out; empty outside of git."""
    return (_git(project, "rev-parse", "--verify", "--quiet", "HEAD") or b"").decode().strip()


def current_branch(project: Path) -> str:
    """Return the branch or, on a detached commit, its tag; empty outside of git."""
    branch = _git(project, "symbolic-ref", "--short", "--quiet", "HEAD")
    tag = branch or _git(project, "describe", "--tags", "--exact-match", "HEAD")
    return (tag or b"").decode(errors="replace").strip()


def tracked_files(project: Path) -> list[str] | None:
    """Return the files of the project that are tracked, or new and not ignored; None outside of git."""
    listed = _git(project, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return None if listed is None else _split(listed)


def generated_files(project: Path, files: Sequence[str]) -> set[str]:
    """Return the files that `.gitattributes` calls generated or vendored.

    Source: GitHub Linguist's documentation, "Overrides".
    """
    attributes = ["linguist-generated", "linguist-vendored"]
    stdin = "\0".join(files).encode(errors="surrogateescape")
    listed = _git(project, "check-attr", "-z", "--stdin", *attributes, stdin=stdin)
    fields = _split(listed or b"")
    triples = zip(fields[::3], fields[1::3], fields[2::3], strict=False)
    return {file for file, _, value in triples if value in {"set", "true"}}


def changes_since(project: Path, names: Sequence[str]) -> Changes | None:
    """Return what changed since the commit in which this line of work left another one.

    Args:
        project: The project's directory.
        names: Names of the other one; the first that git knows is taken.

    Returns:
        The changes below the project's directory; None when git knows none of the names.
    """
    for name in names:
        # The name may come from a pull request: never let it be an option.
        commit = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        base = commit and _git(project, "merge-base", commit.decode().strip(), "HEAD")
        if base:
            break
    else:
        return None
    start = base.decode().strip()
    counts = _git(project, "diff", "--numstat", "--no-renames", "-z", start, "HEAD", "--", ".")
    lines = [record.split("\t")[:2] for record in _split(counts or b"")]
    # Binary files have no lines: git writes dashes.
    changed = sum(int(number) for pair in lines for number in pair if number.isdigit())
    return Changes(base=start, files=len(lines), lines=changed)


def _git(project: Path, *arguments: str, stdin: bytes = b"") -> bytes | None:
    """Return what git prints; None when it fails or is not there."""
    command = ["git", "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(
            command, cwd=project, input=stdin, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _split(output: bytes) -> list[str]:
    return [part.decode(errors="surrogateescape") for part in output.split(b"\0") if part]
