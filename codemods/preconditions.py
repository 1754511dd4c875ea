"""What must hold in a project before anything is planned for it; each says what is in the way and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemods.engines.python import ImportContext
    from codemods.facts import Framework
    from codemods.plan import Plan


def require_supported(framework: Framework, version: str) -> None:
    """Refuse a framework that is older than the generated package works with: the service would not start.

    Args:
        framework: Its facts.
        version: A version, a specifier as written, or nothing; a range counts as the newest it admits.

    Raises:
        UsageError: Even the newest version admitted is too old.
    """
    from codemods.analysis.requirements import highest_admitted

    highest = highest_admitted(version)
    if highest is not None and highest < tuple(int(part) for part in framework.minimum_version.split(".")):
        raise UsageError(
            f"{framework.title} {version} is older than {framework.minimum_version}, the oldest that the generated "
            "package works with; nothing was written",
            hint=f"Update {framework.title} first, then run the command again.",
        )


def require_editable(plan: Plan, files: Iterable[tuple[str, ImportContext]]) -> None:
    """Refuse files that make the application and cannot be parsed: no line could be put there, nor pasted.

    Args:
        plan: Read through.
        files: Each file, with the way it is imported.

    Raises:
        UsageError: One of them has a syntax error, is Python 2, or is no text.
    """
    from codemods.engines.python import unreadable

    for file, context in files:
        reason = unreadable(plan.read(file) or b"", context)
        if reason:
            raise UsageError(
                f"cannot be edited: {reason}; nothing was written",
                where=file,
                hint="Put the file right, then run the command again.",
            )


def require_free_name(plan: Plan, directory: str, ours: Iterable[str]) -> None:
    """Refuse a project whose own module or package has the name of the generated one.

    Args:
        plan: Read through.
        directory: The generated package's directory.
        ours: Paths that an earlier run, or Copier, generated.

    Raises:
        UsageError: The import of one would give the other.
    """
    known = set(ours)
    if any(path.startswith(f"{directory}/") for path in known):
        return
    folder = plan.root / directory
    theirs = next(iter(sorted(folder.rglob("*.py"))), None) if folder.is_dir() else None
    taken = (
        theirs.relative_to(plan.root).as_posix()
        if theirs
        else f"{directory}.py"
        if plan.read(f"{directory}.py") is not None
        else ""
    )
    if taken:
        raise UsageError(
            "has the name of the package that would be generated; nothing was written",
            where=taken,
            hint=f"Rename it, then run the command again: {directory}/ is where the generated modules go.",
        )
