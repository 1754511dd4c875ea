"""Take our calls, decorators and imports out of a file by its structure, for when no record of the edit exists.

Only what is still as it was written goes; a line that its author changed stays, and is reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engines.outcome import Changed, Outcome, Refused, Unchanged
from codemods.engines.python_import_names import local_name
from codemods.engines.python_names import Names, names_of
from codemods.engines.python_parse import UnreadableError
from codemods.engines.python_scopes import called, dotted
from codemods.engines.python_source import Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codemods.engines.python_model import ImportContext
    from codemods.engines.python_scopes import CallRecord, Scope

_MOST_BLANK_LINES = 2


def remove_call(source: bytes, *, module: str, function: str, context: ImportContext) -> Outcome:
    """Remove the set-up calls of a function, and its import when nothing else uses it.

    Args:
        source: The file.
        module: The module of ours that defines the function.
        function: Its name.
        context: How the file is imported.

    Returns:
        `Changed`; `Unchanged` when there is nothing of it; `Refused` when a call was edited by hand.
    """
    return _remove(source, module, function, context, _call_edits)


def remove_decorator(source: bytes, *, module: str, function: str, context: ImportContext) -> Outcome:
    """Remove a decorator from every function of a file, and the imports that nothing else uses.

    Args:
        source: The file.
        module: The module of ours that defines the decorator.
        function: Its name.
        context: How the file is imported.

    Returns:
        `Changed`; `Unchanged` when there is nothing of it; `Refused` when the file cannot be edited.
    """
    return _remove(source, module, function, context, _decorator_edits)


def remove_import(
    source: bytes, *, module: str, context: ImportContext, names: Sequence[str] = ()
) -> Outcome:
    """Remove imports from a module that nothing in the file uses.

    Args:
        source: The file.
        module: The module of ours.
        context: How the file is imported.
        names: Names to remove; every unused one when empty.

    Returns:
        `Changed`; `Unchanged` when none is imported, or all are in use; `Refused` when the file cannot be edited.
    """
    try:
        file = names_of(source, context)
        edits = _import_edits(file, module, names)
        return Changed(file.source.apply(edits)) if edits else Unchanged("no unused import of it")
    except UnreadableError as error:
        return Refused(str(error))


def uses_module(source: bytes, module: str, context: ImportContext) -> bool:
    """Whether a file imports a module, one below it, or a name of it; False for a file that cannot be read."""
    if module.rpartition(".")[2].encode() not in source:
        return False
    try:
        file = names_of(source, context)
    except UnreadableError:
        return False
    imported = set(file.stars)
    for node, _ in file.imports:
        origin = file.absolute(node) if isinstance(node, cst.ImportFrom) else ""
        if not isinstance(node.names, cst.ImportStar):
            imported |= {".".join([*filter(None, [origin]), *dotted(alias.name)]) for alias in node.names}
    return any(f"{name}.".startswith(f"{module}.") for name in imported)


def _remove(
    source: bytes,
    module: str,
    function: str,
    context: ImportContext,
    find: Callable[[Names, str], tuple[list[Edit], list[int]]],
) -> Outcome:
    if function.encode() not in source:
        return Unchanged(f"{function} is not used")
    try:
        file = names_of(source, context)
        edits, edited = find(file, f"{module}.{function}")
        if edited:
            lines = ", ".join(map(str, edited))
            return Refused(f"{function} was edited by hand in line {lines}", "")
        after = file.source.apply(edits) if edits else source
    except UnreadableError as error:
        return Refused(str(error))
    outcome = remove_import(
        after, module=module, context=context, names=() if find is _decorator_edits else [function]
    )
    if isinstance(outcome, Refused):
        return outcome
    if isinstance(outcome, Changed):
        return outcome
    return Changed(after) if edits else Unchanged(f"{function} is not used")


def _call_edits(file: Names, origin: str) -> tuple[list[Edit], list[int]]:
    edits: list[Edit] = []
    edited: list[int] = []
    decorators = {id(each.decorator) for record in file.functions for each in record.node.decorators}
    for record in file.calls:
        if id(record.node) in decorators or origin not in file.resolve(record.node.func, record.scope):
            continue
        edit = _call_edit(file, record)
        if edit is None:
            edited.append(file.source.line(file.source.inner(record.node)[0]))
        else:
            edits.append(edit)
    return edits, edited


def _call_edit(file: Names, record: CallRecord) -> Edit | None:
    place, source = record.place, file.source
    if place is None or not isinstance(place.statement, cst.Expr) or place.statement.value is not record.node:
        return None
    arguments = record.node.args
    if len(arguments) > 1 or any(each.keyword or each.star or not _plain(each.value) for each in arguments):
        return None
    index = place.line.body.index(place.statement)
    start, end = source.inner(place.statement)
    if index:
        return Edit(source.inner(place.line.body[index - 1])[1], end, "")
    if len(place.line.body) > 1:
        return Edit(start, source.inner(place.line.body[1])[0], "")
    block = place.suites[-1] if place.suites else source.module
    if isinstance(place.line, cst.SimpleStatementSuite) or len(getattr(block, "body", ())) == 1:
        return None
    return _whole_lines(file, start, end)


def _plain(value: cst.BaseExpression) -> bool:
    return bool(dotted(value)) or (isinstance(value, cst.Subscript) and bool(dotted(value.value)))


def _decorator_edits(file: Names, origin: str) -> tuple[list[Edit], list[int]]:
    edits = [
        _whole_lines(file, *file.source.inner(each.decorator))
        for record in file.functions
        for each in record.node.decorators
        if origin in file.resolve(called(each.decorator), record.scope)
    ]
    return edits, []


def _whole_lines(file: Names, start: int, end: int) -> Edit:
    """Return the edit that removes whole lines; the last line of a file takes the newline in front of it along."""
    source = file.source
    first, last = source.line_start(start), source.line_end(end)
    if first and not source.line_text(end).endswith(("\n", "\r")):
        before = source.line_text(first - 1)
        first -= len(before) - len(before.rstrip("\r\n"))
    return Edit(first, last, "")


def _import_edits(file: Names, module: str, wanted: Sequence[str]) -> list[Edit]:
    edits: list[Edit] = []
    for node, scope in file.imports:
        if (
            not isinstance(node, cst.ImportFrom)
            or isinstance(node.names, cst.ImportStar)
            or file.absolute(node) != module
        ):
            continue
        aliases = list(node.names)
        unused = [alias for alias in aliases if _unused(file, alias, scope, wanted)]
        if unused and len(unused) == len(aliases):
            edits += _statement_edit(file, node)
        else:
            edits += [_alias_edit(file, aliases, alias) for alias in unused]
    return edits


def _unused(file: Names, alias: cst.ImportAlias, scope: Scope, wanted: Sequence[str]) -> bool:
    name = dotted(alias.name)[0]
    if wanted and name not in wanted:
        return False
    local = local_name(alias) or name
    if f'"{local}"' in file.source.text or f"'{local}'" in file.source.text:
        return False
    return not any(local in each.used for each in file.scopes if scope in (each, *each.chain()))


def _alias_edit(file: Names, aliases: list[cst.ImportAlias], alias: cst.ImportAlias) -> Edit:
    source = file.source
    index = aliases.index(alias)
    if index == 0:
        return Edit(source.inner(alias.name)[0], source.inner(aliases[1].name)[0], "")
    previous = aliases[index - 1]
    behind = source.inner(previous.asname or previous.name)[1]
    return Edit(behind, source.inner(alias.asname or alias.name)[1], "")


def _statement_edit(file: Names, node: cst.ImportFrom) -> list[Edit]:
    source = file.source
    place = next(place for place in file.places if place.statement is node)
    block = place.suites[-1] if place.suites else source.module
    if (
        len(place.line.body) > 1
        or isinstance(place.line, cst.SimpleStatementSuite)
        or len(getattr(block, "body", ())) == 1
    ):
        return []
    edit = _whole_lines(file, *source.inner(node))
    above = source.line_text(edit.start - 1).strip() if edit.start else ""
    if place.suites and above and not above.startswith(("from ", "import ")):
        # Imports that stood beside a call in a block had a blank line of their own below.
        below = source.line_end(edit.end) if not source.line_text(edit.end).strip() else edit.end
        return [Edit(edit.start, below, "")]
    return [_with_section(file, edit)]


def _with_section(file: Names, edit: Edit) -> Edit:
    """Widen the removal of an import by the blank lines that it got as a section of its own."""
    source = file.source
    below = edit.end
    while below < len(source.text) and not source.line_text(below).strip(" \t\r\n"):
        below = source.line_end(below)
    above = edit.start
    while above and not source.line_text(above - 1).strip(" \t\r\n"):
        above = source.line_start(above - 1)
    if not edit.start:
        return Edit(0, below, "")
    starts = {source.line_start(source.inner(node)[0]) for node, _ in file.imports}
    if above == edit.start or edit.end in starts:
        return edit
    blanks_above = source.line(edit.start) - source.line(above) - 1
    blanks_below = source.line(below) - source.line(edit.end)
    surplus = (
        blanks_above + blanks_below - _MOST_BLANK_LINES
        if blanks_above and blanks_below <= _MOST_BLANK_LINES
        else 0
    )
    start = source.line_start(edit.start - 1)
    for _ in range(min(surplus, blanks_above)):
        start = source.line_start(start - 1)
    return Edit(start, edit.end, "")
