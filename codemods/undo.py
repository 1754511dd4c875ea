"""Take what was injected into one file out of it again, all of it or the part of some features.

Lines that stand as they were written are taken out by the record, byte for byte. Where the user has edited
between them, the calls are found by what they resolve to; a call that itself reads otherwise is left and named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemods.plan import Change
from codemods.record import hunks_of, reverse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codemods.engines.python import FoundCall, ImportContext
    from codemods.record import Step


@dataclass(frozen=True)
class Undone:
    """What became of one file.

    Attributes:
        content: The file without what was asked to go.
        remaining: The steps that still stand in it, as they can be taken back from ``content``.
        kept: Why nothing was taken out; empty when it was.
    """

    content: bytes
    remaining: list[Step]
    kept: str = ""


def undo(content: bytes, steps: Sequence[Step], wanted: Iterable[str], context: ImportContext) -> Undone:
    """Take the steps of some features out of a file.

    Args:
        content: The file as it is.
        steps: Everything that was injected into it, in the order in which that was done.
        wanted: The features that go.
        context: How the file is imported.

    Returns:
        The file without them.
    """
    written = {line.strip() for step in steps for hunk in step.hunks for line in hunk.after}
    going = [step for step in steps if step.feature in set(wanted)]
    # Later steps were written around earlier ones, so the last one is looked through first.
    now, whole = content, True
    for step in reversed(steps):
        before, missing = reverse(now, step.hunks)
        if missing:
            whole = False
            if step in going and (edited := _edited_by_hand(now, step, written, context)):
                return Undone(content, list(steps), edited)
            before = _without(before, step, context)
        now = before
    if len(going) == len(steps):
        return Undone(now, [])
    rest = content
    for step in reversed(going):
        rest = _without(rest, step, context)
    staying = [step for step in steps if step not in going]
    return Undone(rest, _rebased(rest, staying, now if whole else None, context))


def rewritten(before: bytes, after: bytes, step: Step) -> Step:
    """Return a step that leads from one content to another."""
    return replace(step, hunks=hunks_of(Change(step.path, before, after, step.feature, step.kind)))


def _rebased(
    content: bytes, steps: Sequence[Step], original: bytes | None, context: ImportContext
) -> list[Step]:
    """Record the steps anew, so that they lead from the user's own file to what stands there now."""
    found: list[Step] = []
    for number, step in reversed(list(enumerate(steps))):
        before = _without(content, step, context) if number or original is None else original
        if before != content:
            found.insert(0, rewritten(before, content, step))
        content = before
    return found


def _edited_by_hand(content: bytes, step: Step, written: set[str], context: ImportContext) -> str:
    """Return which of a step's calls no longer reads as any line that we wrote; empty when all do."""
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    for use in (*_calls(content, step, context), *_decorators(content, step, context)):
        if lines[use.line - 1].strip() not in written:
            return f"line {use.line} was edited by hand: {use.text}"
    return ""


def _without(content: bytes, step: Step, context: ImportContext) -> bytes:
    """Take a step's calls, decorators and imports out by what they resolve to."""
    from codemods.engines.outcome import Changed
    from codemods.engines.python import remove_call, remove_decorator

    calls = [(remove_call, use.function) for use in _calls(content, step, context)]
    decorators = [(remove_decorator, use.function) for use in _decorators(content, step, context)]
    for remove, function in dict.fromkeys([*calls, *decorators]):
        outcome = remove(content, module=step.module, function=function, context=context)
        content = outcome.source if isinstance(outcome, Changed) else content
    return content


def _calls(content: bytes, step: Step, context: ImportContext) -> list[FoundCall]:
    from codemods.engines.python import find_calls

    written = [line for hunk in step.hunks for line in hunk.after if not line.lstrip().startswith("@")]
    found = find_calls(content, module=step.module, context=context) if step.module else []
    return [use for use in found if any(f"{use.function}(" in line for line in written)]


def _decorators(content: bytes, step: Step, context: ImportContext) -> list[FoundCall]:
    from codemods.engines.python import find_decorators

    written = [line for hunk in step.hunks for line in hunk.after if line.lstrip().startswith("@")]
    found = find_decorators(content, module=step.module, context=context) if step.module else []
    return [use for use in found if any(use.function in line for line in written)]
