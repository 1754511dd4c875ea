"""The one place that writes into a user's project: all of a plan, or nothing of it.

Before the first file changes, a journal with every old content is on disk. A run that is cut off, by ``kill
-9`` or a full disk, leaves either old
or new files and that journal; the next run puts the old contents back. Files are replaced by rename, never
written in place.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codemods.errors import InterruptedRunError, PlanOutdatedError, ReleaseQualityError, UsageError
from codemods.plan import Plan, content_hash
from codemods.record import RECORD_FILE, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

JOURNAL_FILE = ".release-quality.journal"
_TEMPORARY = ".release-quality-tmp"

Edits = dict[str, tuple[bytes | None, bytes | None]]


def apply_plan(plan: Plan, record: Record) -> None:
    """Write a plan and the record of it.

    Args:
        plan: What to change.
        record: The record as it shall stand afterwards; an empty one is deleted.

    Raises:
        PlanOutdatedError: A file is no longer what the plan was made for; nothing was written.
        UsageError: A file cannot be written, or leads out of the project; nothing was written.
        ReleaseQualityError: Writing failed half-way; everything was put back.
    """
    edits = plan.edits()
    with _locked(plan.root):
        file = plan.root / RECORD_FILE
        before = file.read_bytes() if file.is_file() else None
        after = None if record.empty else record.to_bytes()
        if before != after:
            edits[RECORD_FILE] = (before, after)
        if not edits:
            return
        if (plan.root / JOURNAL_FILE).exists():
            raise InterruptedRunError(
                "an earlier run was cut off", where=str(plan.root), hint="Run the command again."
            )
        targets = {path: _target(plan.root, path, old) for path, (old, _) in edits.items()}
        _write_all(plan.root, edits, targets)


def recover(root: Path) -> list[str]:
    """Undo a run that was cut off.

    Args:
        root: The project.

    Returns:
        The files that were put back; empty when there was nothing to undo.

    Raises:
        InterruptedRunError: A file was changed by somebody else since; it is named, nothing of it is touched.
    """
    journal = root / JOURNAL_FILE
    unfinished = journal.with_name(f".{JOURNAL_FILE}{_TEMPORARY}")
    if not journal.exists() and not unfinished.exists():
        return []
    with _locked(root):
        unfinished.unlink(missing_ok=True)
        if not journal.exists():
            return []
        try:
            told = json.loads(journal.read_bytes())
            told["files"], told["directories"]
        except (ValueError, TypeError, KeyError) as error:
            raise InterruptedRunError(
                f"cannot be read: {error}",
                where=JOURNAL_FILE,
                hint="An earlier run was cut off. Restore the files from version control, then delete this one.",
            ) from None
        return _undo(root, told)


def _write_all(root: Path, edits: Edits, targets: dict[str, Path]) -> None:
    directories = _new_directories(root, targets, edits)
    journal = {
        "about": "A run of release-quality is under way, or was cut off. The next run puts these files back.",
        "directories": directories,
        "files": [
            {
                "path": path,
                "before": None if old is None else base64.b64encode(old).decode(),
                "before_hash": content_hash(old),
                "after_hash": content_hash(new),
            }
            for path, (old, new) in edits.items()
        ],
    }
    _replace(root / JOURNAL_FILE, json.dumps(journal, indent=1).encode())
    try:
        for path, (_, new) in edits.items():
            if new is None:
                targets[path].unlink()
            else:
                targets[path].parent.mkdir(parents=True, exist_ok=True)
                _replace(targets[path], new)
    except OSError as error:
        _undo(root, journal)
        raise ReleaseQualityError(
            f"could not be written ({error.strerror}); everything is as it was before",
            where=str(error.filename or root),
        ) from error
    _remove_empty_directories(root, [path for path, (_, new) in edits.items() if new is None])
    (root / JOURNAL_FILE).unlink()


def _undo(root: Path, journal: dict[str, Any]) -> list[str]:
    restored: list[str] = []
    for entry in journal["files"]:
        target = root / entry["path"]
        (target.parent / f".{target.name}{_TEMPORARY}").unlink(missing_ok=True)
        now = target.read_bytes() if target.is_file() else None
        if content_hash(now) == entry["before_hash"]:
            continue
        if content_hash(now) != entry["after_hash"]:
            raise InterruptedRunError(
                "was changed after an earlier run was cut off",
                where=entry["path"],
                hint=f"Put the file right, delete {JOURNAL_FILE}, and run the command again.",
            )
        if entry["before"] is None:
            target.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            _replace(target.resolve(), base64.b64decode(entry["before"]))
        restored.append(entry["path"])
    for directory in journal["directories"]:
        with contextlib.suppress(OSError):
            (root / directory).rmdir()
    (root / JOURNAL_FILE).unlink()
    return restored


def _replace(target: Path, content: bytes) -> None:
    """Replace a file in one step, keeping its permissions; the content is on disk before the name points to it."""
    temporary = target.with_name(f".{target.name}{_TEMPORARY}")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _target(root: Path, path: str, before: bytes | None) -> Path:
    """Return the file to write for a path of the plan, after every check that can be made beforehand."""
    link = root / path
    target = link.resolve()
    if not target.is_relative_to(root.resolve()):
        raise UsageError(
            "leads out of the project",
            where=path,
            hint="Replace the symbolic link by a file, or leave this feature out.",
        )
    if target.exists() and not target.is_file():
        raise UsageError("is in the way: a file must be written there", where=path, hint="Move or rename it.")
    now = target.read_bytes() if target.is_file() else None
    if now != before:
        raise PlanOutdatedError(
            "has changed since the plan was made; nothing was written",
            where=path,
            hint="Run the command again.",
        )
    if now is not None and not target.stat().st_mode & stat.S_IWUSR:
        raise UsageError("is read-only; nothing was written", where=path, hint=f"chmod u+w {path}")
    folder = next(parent for parent in target.parents if parent.exists())
    if not folder.is_dir():
        raise UsageError(
            "is a file where a directory is needed",
            where=str(folder.relative_to(root.resolve())),
            hint="Move or rename it.",
        )
    if not (folder.stat().st_mode & stat.S_IWUSR and os.access(folder, os.W_OK)):
        raise UsageError(
            "is not writable; nothing was written",
            where=str(folder),
            hint="Check the owner and the permissions.",
        )
    return target


def _new_directories(root: Path, targets: dict[str, Path], edits: Edits) -> list[str]:
    """Return the directories that the plan creates, deepest first, so that an undo can remove them."""
    top = root.resolve()
    missing = {
        parent
        for path, target in targets.items()
        if edits[path][1] is not None
        for parent in target.parents
        if parent.is_relative_to(top) and not parent.exists()
    }
    return sorted(
        (parent.relative_to(top).as_posix() for parent in missing), key=lambda name: -name.count("/")
    )


def _remove_empty_directories(root: Path, deleted: list[str]) -> None:
    """Remove directories that held nothing but deleted files, with the bytecode caches Python left in them."""
    for folder in sorted(
        {parent for path in deleted for parent in Path(path).parents}, key=lambda item: -len(item.parts)
    ):
        if folder == Path():
            continue
        directory = root / folder
        stems = {Path(path).stem for path in deleted if Path(path).parent == folder}
        cache = directory / "__pycache__"
        for compiled in cache.glob("*.pyc") if cache.is_dir() else ():
            if compiled.name.split(".")[0] in stems:
                compiled.unlink()
        for empty in (cache, directory):
            with contextlib.suppress(OSError):
                empty.rmdir()


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Hold the project for one writer; a second run waits for nothing and says so."""
    try:
        import fcntl
    except ImportError:  # Windows has no flock; the journal still guards against a second run.
        yield
        return
    handle = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReleaseQualityError(
                "another run is working on this project",
                where=str(root),
                hint="Wait for it to end, then run the command again.",
            ) from None
        yield
    finally:
        os.close(handle)
