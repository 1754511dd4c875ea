"""A plan: the edits a run would make, as a value.

Codemods never write. They read through the plan, so that each sees what the ones before it changed,
and record the new content of a file. `codemods.writer` is the one place that puts a plan on disk.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GENERATED = "generated"
INJECTED = "injected"
DEPENDENCY = "dependency"
LOCK = "lock"


@dataclass(frozen=True)
class Change:
    """One step: what one feature did to one file.

    Attributes:
        path: Relative to the project root, with forward slashes.
        before: Content before this step; None when the step creates the file.
        after: Content after this step; None when the step deletes the file.
        feature: Who did it: ``tracing``, ``metrics`` …
        kind: ``generated`` (the whole file is ours), ``injected`` or ``dependency`` (lines in the user's file).
        module: The generated module that injected lines call, as a dotted name; the kind of the dependency file for
            a dependency; empty otherwise.
    """

    path: str
    before: bytes | None
    after: bytes | None
    feature: str
    kind: str
    module: str = ""


@dataclass(frozen=True)
class Refusal:
    """An edit that is not safe: the file stays as it is, and this is what the user can do by hand.

    Attributes:
        path: The file that was left alone; empty when it is not about one file.
        reason: Why, in one sentence.
        snippet: Lines to paste, and where; empty when nothing can be pasted.
        feature: The feature that is incomplete without it.
    """

    path: str
    reason: str
    snippet: str = ""
    feature: str = ""


@dataclass
class Plan:
    """The edits of one run on one project, in the order they were planned."""

    root: Path
    changes: list[Change] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _now: dict[str, bytes | None] = field(default_factory=dict, repr=False)

    def read(self, path: str) -> bytes | None:
        """Return the content of ``path`` as planned so far; None when there is no such file."""
        if path not in self._now:
            file = self.root / path
            self._now[path] = file.read_bytes() if file.is_file() else None
        return self._now[path]

    def write(self, path: str, after: bytes | None, *, feature: str, kind: str, module: str = "") -> bool:
        """Record new content for ``path`` (None deletes it); return whether that changes anything."""
        before = self.read(path)
        if before == after:
            return False
        self.changes.append(Change(path, before, after, feature, kind, module))
        self._now[path] = after
        return True

    def refuse(self, refusal: Refusal) -> None:
        """Record an edit that was not safe."""
        if refusal not in self.refusals:
            self.refusals.append(refusal)

    def edits(self) -> dict[str, tuple[bytes | None, bytes | None]]:
        """Return, for each file that ends otherwise than it began, its content before and after the plan."""
        folded: dict[str, tuple[bytes | None, bytes | None]] = {}
        for change in self.changes:
            first = folded[change.path][0] if change.path in folded else change.before
            folded[change.path] = (first, change.after)
        return {path: pair for path, pair in folded.items() if pair[0] != pair[1]}

    def created(self) -> list[str]:
        """Return the files that the plan creates, sorted."""
        return sorted(
            path for path, (before, after) in self.edits().items() if before is None and after is not None
        )

    def modified(self) -> list[str]:
        """Return the files that the plan changes, sorted."""
        return sorted(
            path for path, (before, after) in self.edits().items() if before is not None and after is not None
        )

    def deleted(self) -> list[str]:
        """Return the files that the plan deletes, sorted."""
        return sorted(path for path, (_, after) in self.edits().items() if after is None)

    def seen_from(self, directory: Path) -> Plan:
        """Return the plan with paths relative to a directory above its root, to be shown, not to be applied."""
        prefix = self.root.relative_to(directory)
        changes = [replace(change, path=(prefix / change.path).as_posix()) for change in self.changes]
        return Plan(directory, changes)

    def diff(self) -> str:
        """Return the plan as one unified diff, in the form that ``git apply`` reads.

        Changed files come last, where a terminal leaves them in sight: they are the user's own.
        """
        edits = sorted(self.edits().items(), key=lambda item: (None not in item[1], item[0]))
        return "".join(line for path, pair in edits for line in _file_diff(path, *pair))


def _file_diff(path: str, before: bytes | None, after: bytes | None) -> Iterator[str]:
    old, new = (
        [line.decode("utf-8", "surrogateescape") for line in split_lines(content or b"")]
        for content in (before, after)
    )
    source = "/dev/null" if before is None else f"a/{path}"
    target = "/dev/null" if after is None else f"b/{path}"
    for line in difflib.unified_diff(old, new, source, target):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def content_hash(content: bytes | None) -> str:
    """Return the SHA-256 of a file's content in hexadecimal, or ``absent`` for a file that is not there."""
    return "absent" if content is None else hashlib.sha256(content).hexdigest()


def split_lines(content: bytes) -> list[bytes]:
    """Split into lines that keep their ends, at line feeds only, so that joining gives the same bytes back."""
    return re.findall(rb"[^\n]*\n|[^\n]+", content)
