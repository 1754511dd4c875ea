"""Insert set-up calls behind the statement that makes an application, and find and remove them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engines.outcome import Changed, Outcome, Refused, Unchanged
from codemods.engines.python_beside import edits_beside
from codemods.engines.python_imports import plan_imports
from codemods.engines.python_model import FoundCall
from codemods.engines.python_names import Names, names_of
from codemods.engines.python_parse import UnreadableError
from codemods.engines.python_scopes import dotted
from codemods.engines.python_sites import Construction, constructions
from codemods.engines.python_source import Edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.engines.python_model import Call, ImportContext, Site
    from codemods.engines.python_scopes import CallRecord, Place, Scope

_FREE_NAMES = ("app", "application", "asgi_app")


def insert_call(source: bytes, *, site: Site, call: Call, context: ImportContext) -> Outcome:
    """Put a set-up call on its own line next to the statement that makes an application.

    Args:
        source: The file.
        site: Which application.
        call: What to call.
        context: How the file is imported.

    Returns:
        `Changed`; `Unchanged` when the application is set up already, wherever its author moved the call;
        `Refused` with lines to paste when the application has no name there, or the file cannot be edited.
    """
    if call.module == context.module:
        return Unchanged("the file defines the function itself")
    snippet = paste(call, site)
    try:
        return _insert(names_of(source, context), site, call, snippet)
    except UnreadableError as error:
        return Refused(str(error), snippet)


def _insert(names: Names, site: Site, call: Call, snippet: str) -> Outcome:
    sites = constructions(names, site)
    if not sites:
        return Refused(f"{site.constructor.rpartition('.')[2]}(...) was not found in {_where(site)}", snippet)
    if not call.takes_target and call.position == "before":
        # Such a call needs a line, not a name.
        for each in sites:
            each.problem = each.problem if each.place is None else ""
    problems = [each.problem for each in sites if each.problem]
    if problems and not _set_up_by_hand(names, sites, call):
        return Refused(problems[0], snippet)
    missing = [each for each in sites if not each.problem and not _is_set_up(names, each, sites, call)]
    if not missing:
        return Unchanged(f"{call.function} is called for this application already")
    after = names.source.apply(_edits(names, missing, call))
    again = names_of(after, names.context)
    settled = constructions(again, site)
    if not settled or not all(_is_set_up(again, each, settled, call) for each in settled if not each.problem):
        return Refused("the inserted call could not be found again", snippet)
    return Changed(after)


def unreadable(source: bytes, context: ImportContext) -> str:
    """Return why a file cannot be edited, in one sentence without a full stop; empty when it can."""
    try:
        names_of(source, context)
    except UnreadableError as error:
        return str(error)
    return ""


def find_calls(source: bytes, *, module: str, context: ImportContext) -> list[FoundCall]:
    """Return the calls that resolve to a module, or to a module below it.

    Args:
        source: The file.
        module: Dotted name: ``app.instrumentation.tracing``, or the package ``app.instrumentation``.
        context: How the file is imported.

    Returns:
        The calls in the order of the file; none for a file that cannot be read.
    """
    if module.rpartition(".")[2].encode() not in source:
        return []
    try:
        names = names_of(source, context)
    except UnreadableError:
        return []
    found = []
    for record in names.calls:
        for origin in names.resolve(record.node.func, record.scope):
            if origin.startswith(f"{module}."):
                start = names.source.inner(record.node)[0]
                function = origin[len(module) + 1 :]
                text = names.source.code(record.node)
                found.append(
                    FoundCall(function, names.source.line(start), text, record.scope.owner().qualname)
                )
                break
    return sorted(found, key=lambda call: call.line)


def paste(call: Call, site: Site) -> str:
    """Return the lines that do by hand what the engine would have done."""
    imported = ", ".join(sorted({call.function, *call.imports}))
    lines = [f"from {call.module} import {imported}", ""]
    if call.takes_target and not site.name:
        lines.append(f"app = {site.constructor.rpartition('.')[2]}(...)")
    return "\n".join([*lines, call.text(site.name or "app"), ""])


def _where(site: Site) -> str:
    return f"{site.scope}()" if site.scope else "the module"


def origins(call: Call) -> set[str]:
    """Return the dotted names under which a function of ours may be imported; its package may re-export it."""
    package = call.module.rpartition(".")[0]
    return {f"{call.module}.{call.function}"} | ({f"{package}.{call.function}"} if package else set())


def _our_calls(names: Names, call: Call) -> list[CallRecord]:
    wanted = origins(call)
    return [record for record in names.calls if names.resolve(record.node.func, record.scope) & wanted]


def _is_set_up(names: Names, site: Construction, sites: Sequence[Construction], call: Call) -> bool:
    candidates = [record for record in _our_calls(names, call) if _is_for(names, record, site, call)]
    if any(
        _covers(names, record, site, sites, call)
        for record in candidates
        if record.scope.owner() is site.scope
    ):
        return True
    return any(record.scope.owner() is not site.scope for record in _moved(names, candidates, sites))


def _is_for(names: Names, record: CallRecord, site: Construction, call: Call) -> bool:
    """Whether a call can be about the site's object: it names it, or gets it through a parameter."""
    if not call.takes_target:
        return True
    written = [names.source.code(argument.value) for argument in record.node.args]
    if any(target in written for target in site.targets):
        return True
    if site.returned or record.scope.owner() is not site.scope:
        roots = {dotted(argument.value)[0] for argument in record.node.args if dotted(argument.value)}
        return bool(roots & record.scope.owner().parameters - {"self", "cls"})
    return False


def _covers(
    names: Names, record: CallRecord, site: Construction, sites: Sequence[Construction], call: Call
) -> bool:
    """Whether a call in the site's scope runs for the object that this statement made."""
    if record.place is None or site.place is None or (site.returned and call.takes_target):
        return False
    outer = record.place.suites[: len(site.place.suites)]
    if outer != site.place.suites[: len(outer)]:
        return False
    if len(record.place.suites) < len(site.place.suites):
        return True
    if not call.takes_target:
        # One in a branch that returns or raises does not run for what is made behind the branch.
        return not any(map(_leaves, record.place.suites[len(site.place.suites) :]))
    start = names.source.inner(record.node)[0]
    here = names.source.inner(site.call)[0]
    rivals = [
        names.source.inner(other.call)[0]
        for other in sites
        if other.place and other.place.suites == site.place.suites
    ]
    earlier = [rival for rival in rivals if rival < start]
    return (not earlier and here == min(rivals)) or (bool(earlier) and here == max(earlier))


def _leaves(block: object) -> bool:
    """Whether a block ends by leaving the function."""
    last = next(iter(reversed(getattr(block, "body", ()))), None)
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return isinstance(last, (cst.Return, cst.Raise))


def _moved(names: Names, candidates: Sequence[CallRecord], sites: Sequence[Construction]) -> list[CallRecord]:
    """Return the calls that stand in a scope which makes no application of that kind itself."""
    written = {tuple(dotted(site.call.func)) for site in sites}
    making = {
        id(record.scope.owner()) for record in names.calls if tuple(dotted(record.node.func)) in written
    }
    return [record for record in candidates if id(record.scope.owner()) not in making]


def _set_up_by_hand(names: Names, sites: Sequence[Construction], call: Call) -> bool:
    """Whether somebody has called the function for an application that the engine cannot name."""
    calls = _our_calls(names, call)
    here = {id(site.scope) for site in sites}
    return any(id(record.scope.owner()) in here for record in calls) or bool(_moved(names, calls, sites))


def _edits(names: Names, sites: Sequence[Construction], call: Call) -> list[Edit]:
    if call.imported_beside and call.position == "before":
        starts = [names.source.inner(site.place.statement)[0] if site.place else 0 for site in sites]
        return [
            edit
            for site, start in zip(sites, starts, strict=True)
            for edit in edits_beside(names, site, call, _above_comments(names, start))
        ]
    first = sites[0]
    scope = first.scope
    use = min(names.source.inner(site.call)[0] for site in sites)
    plan = plan_imports(names, call.module, [call.function, *call.imports], scope=scope, use=use)
    edits = list(plan.edits)
    for site in sites:
        if site.returned:
            edits += _name_returned(names, site, call, plan.local)
        else:
            edits.append(
                _beside(names, site, call.text(site.targets[0] if site.targets else "", plan.local), call)
            )
    return edits


def _beside(names: Names, site: Construction, text: str, call: Call) -> Edit:
    source, place = names.source, site.place
    if place is None:
        raise UnreadableError("the application is not made by a statement of its own")
    start, end = source.inner(place.statement)
    position = place.line.body.index(place.statement)
    inline = isinstance(place.line, cst.SimpleStatementSuite)
    if call.position == "before" and not call.takes_target:
        if inline or position:
            return Edit(start, start, f"{text}; ")
        first = _above_comments(names, start)
        return source.insert_line_before(first, [source.indent(start) + text])
    following = place.line.body[position + 1 :]
    ours = 0
    while ours < len(following) and _is_of_package(names, following[ours], place.scope, call):
        end = source.inner(following[ours])[1]
        ours += 1
    if inline or ours < len(following):
        return Edit(end, end, f"; {text}")
    line_start = source.inner(place.line.body[0])[0]
    end = _behind_our_calls(names, place, call, end)
    return source.insert_line_after(end, [source.indent(line_start) + text])


def _above_comments(names: Names, start: int) -> int:
    """Return the start of the comment lines that stand directly above a statement."""
    line = names.source.line_start(start)
    while line and names.source.line_text(line - 1).strip().startswith("#"):
        line = names.source.line_start(line - 1)
    return line if names.source.line(line) > 2 or not line else names.source.line_start(start)  # noqa: PLR2004


def _behind_our_calls(names: Names, place: Place, call: Call, end: int) -> int:
    """Return the end of the last call of our package that follows the statement directly."""
    block = place.suites[-1] if place.suites else names.source.module
    body = list(getattr(block, "body", ()))
    if place.line not in body:
        return end
    for statement in body[body.index(place.line) + 1 :]:
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            return end
        small = statement.body[0]
        if not _is_of_package(names, small, place.scope, call):
            return end
        end = names.source.inner(small)[1]
    return end


def _is_of_package(names: Names, statement: cst.BaseSmallStatement, scope: Scope, call: Call) -> bool:
    """Whether a statement is nothing but a call of a function of our package."""
    if not isinstance(statement, cst.Expr) or not isinstance(statement.value, cst.Call):
        return False
    package = call.module.rpartition(".")[0]
    return any(name.startswith(f"{package}.") for name in names.resolve(statement.value.func, scope))


def _name_returned(names: Names, site: Construction, call: Call, local: dict[str, str]) -> list[Edit]:
    source, place = names.source, site.place
    if place is None:
        raise UnreadableError("the application is not made by a statement of its own")
    if isinstance(place.line, cst.SimpleStatementSuite) or len(place.line.body) > 1:
        raise UnreadableError("the application is returned on a line with other statements")
    start, end = source.inner(place.statement)
    indent = source.indent(start)
    if call.position == "before" and not call.takes_target:
        return [source.insert_line_before(_above_comments(names, start), [indent + call.text("", local)])]
    name = _free_local(names, site.scope)
    gap = "" if source.text[start + len("return")] in " \t" else " "
    behind = source.insert_line_after(end, [indent + call.text(name, local), f"{indent}return {name}"])
    return [Edit(start, start + len("return"), f"{name} ={gap}"), behind]


def _free_local(names: Names, scope: Scope) -> str:
    taken = set(scope.bindings) | scope.used
    taken |= {
        name
        for each in names.functions
        if each.qualname.startswith(f"{scope.qualname}.")
        for name in each.own.used
    }
    free = [name for name in _FREE_NAMES if name not in taken]
    name = "app_"
    while not free:
        free = [name] if name not in taken else []
        name += "_"
    return free[0]
