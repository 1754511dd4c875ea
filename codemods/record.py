"""What was put where, kept in the project, so that all of it can be taken out again byte for byte.

The record holds, for every file of the user's that was changed, the lines that went in with a few lines
around them, and for
every generated file its hash. It is a plain JSON file that belongs into version control.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from codemods.errors import UsageError
from codemods.plan import GENERATED, Change, Plan, content_hash, split_lines

if TYPE_CHECKING:
    from pathlib import Path

RECORD_FILE = ".release-quality.json"
_CONTEXT = 3


@dataclass(frozen=True)
class Hunk:
    """Lines of one place in a file: what stood there before and what stands there after.

    Attributes:
        line: 0-based line number of ``after`` in the changed file.
        above: Up to three unchanged lines above.
        before: The lines that were replaced; empty for a pure insertion.
        after: The lines that stand there now.
        below: Up to three unchanged lines below.
    """

    line: int
    above: list[str]
    before: list[str]
    after: list[str]
    below: list[str]


@dataclass(frozen=True)
class Step:
    """What one feature did to one file of the user's."""

    path: str
    feature: str
    kind: str
    module: str
    hunks: list[Hunk]


@dataclass
class Record:
    """Everything that stands in a project because of us.

    Attributes:
        generated: Path to content hash of every file that is wholly ours.
        touched: Path to content hash, after our last write, of every file of the user's that we changed.
        steps: What was changed in files of the user's, in order.
    """

    generated: dict[str, str] = field(default_factory=dict)
    touched: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing of ours is left."""
        return not self.generated and not self.steps

    def add(self, plan: Plan) -> None:
        """Take in what a plan does, as it will stand once the plan is applied."""
        for change in plan.changes:
            if change.kind == GENERATED:
                continue
            self.steps.append(Step(change.path, change.feature, change.kind, change.module, hunks_of(change)))
            self.touched[change.path] = content_hash(plan.read(change.path))
        for path in {change.path for change in plan.changes if change.kind == GENERATED}:
            content = plan.read(path)
            if content is None:
                self.generated.pop(path, None)
            else:
                self.generated[path] = content_hash(content)

    def to_bytes(self) -> bytes:
        """Return the record as the bytes of its file: sorted, indented JSON, so that reviews and merges are easy."""
        data = {
            "about": "Written by release-quality: what it added to this project. `release-quality remove` reads it.",
            "version": 1,
            "generated": dict(sorted(self.generated.items())),
            "touched": dict(sorted(self.touched.items())),
            "steps": [asdict(step) for step in self.steps],
        }
        return json.dumps(data, indent=1).encode() + b"\n"


def load_record(root: Path) -> Record:
    """Read the record of a project; an empty one when nothing was ever applied.

    Raises:
        UsageError: The file is there but is not a record.
    """
    file = root / RECORD_FILE
    if not file.is_file():
        return Record()
    try:
        data: dict[str, Any] = json.loads(file.read_bytes())
        steps = [
            Step(**{**step, "hunks": [Hunk(**hunk) for hunk in step["hunks"]]}) for step in data["steps"]
        ]
        return Record(dict(data["generated"]), dict(data["touched"]), steps)
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"cannot be read as a record ({type(error).__name__}: {error})",
            where=RECORD_FILE,
            hint="Restore it from version control, or delete it: `remove` then works from the code alone.",
        ) from None


def hunks_of(change: Change) -> list[Hunk]:
    """Return the places in which a change's two contents differ."""
    before = split_lines(change.before or b"")
    after = split_lines(change.after or b"")
    # Only the middle is compared: difflib is quadratic, and edits are local.
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle_before, middle_after = before[head : len(before) - tail], after[head : len(after) - tail]
    matcher = difflib.SequenceMatcher(None, middle_before, middle_after, autojunk=False)
    return [
        Hunk(
            line=head + b1,
            above=_text(after[max(0, head + b1 - _CONTEXT) : head + b1]),
            before=_text(middle_before[a1:a2]),
            after=_text(middle_after[b1:b2]),
            below=_text(after[head + b2 : head + b2 + _CONTEXT]),
        )
        for tag, a1, a2, b1, b2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def reverse(content: bytes, hunks: list[Hunk]) -> tuple[bytes, list[Hunk]]:
    """Take hunks out of a file again, wherever the user has moved them meanwhile.

    Args:
        content: The file as it is now.
        hunks: The hunks of one step.

    Returns:
        The content without them, and the hunks that are no longer there as they were written.
    """
    lines = split_lines(content)
    missing: list[Hunk] = []
    for hunk in reversed(hunks):
        after = [_bytes(line) for line in hunk.after]
        before = [_bytes(line) for line in hunk.before]
        place = _find(lines, hunk, after)
        if place is None:
            missing.append(hunk)
            continue
        end = place + len(after)
        if before and end < len(lines) and not before[-1].endswith(b"\n"):
            # The file ended without a newline when we changed it; the user has added lines since.
            before[-1] += b"\n"
        lines[place:end] = before
    return b"".join(lines), missing


def _find(lines: list[bytes], hunk: Hunk, after: list[bytes]) -> int | None:
    """Return where a hunk stands now: the place with the most of its surroundings, then the nearest."""
    size = len(after)
    places = [at for at in range(len(lines) - size + 1) if _same(lines[at : at + size], after)]
    above, below = [_bytes(line) for line in hunk.above], [_bytes(line) for line in hunk.below]

    def fit(at: int) -> tuple[int, int]:
        around = _common(lines[:at][-_CONTEXT:][::-1], above[::-1]) + _common(
            lines[at + size :][:_CONTEXT], below
        )
        return around, -abs(at - hunk.line)

    if not after:
        places = [at for at in places if fit(at)[0] == len(above) + len(below)]
    return max(places, key=fit, default=None)


def _same(found: list[bytes], wanted: list[bytes]) -> bool:
    if found == wanted:
        return True
    # A last line without a newline gains one when something is written below it.
    return (
        found[:-1] == wanted[:-1]
        and bool(found)
        and found[-1].rstrip(b"\r\n") == wanted[-1]
        and bool(wanted[-1])
    )


def _common(first: list[bytes], second: list[bytes]) -> int:
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


def _text(lines: list[bytes]) -> list[str]:
    return [line.decode("utf-8", "surrogateescape") for line in lines]


def _bytes(line: str) -> bytes:
    return line.encode("utf-8", "surrogateescape")
