"""Where a file makes its application objects, and what each is called there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engines.python_scopes import dotted, plain_qualname

if TYPE_CHECKING:
    from codemods.engines.python_model import Site
    from codemods.engines.python_names import Names
    from codemods.engines.python_scopes import CallRecord, Place, Scope


@dataclass(eq=False)
class Construction:
    """One statement that makes an application.

    Attributes:
        place: The statement; None in the header of a compound statement or a decorator.
        scope: Its scope.
        call: The constructor call.
        targets: The expressions that name the object afterwards.
        returned: Whether it is returned without ever having a name.
        problem: Why the object cannot be named; empty when it can.
    """

    place: Place | None
    scope: Scope
    call: cst.Call
    targets: list[str]
    returned: bool = False
    problem: str = ""


def constructions(names: Names, site: Site) -> list[Construction]:
    """Return every statement of the site's scope that the site may mean, in the order of the file.

    Lines move and names are re-exported, so the place is found by scope, name and what the call resolves to;
    the recorded line decides only where those say nothing.
    """
    scope = plain_qualname(site.scope)
    here = [record for record in names.calls if record.scope.owner().qualname == scope]
    return _found(names, here, site) or _found(names, _in_classes(names, scope), _as_attribute(site))


def _in_classes(names: Names, scope: str) -> list[CallRecord]:
    """Return the calls in class bodies of a scope: what they make is an attribute of the class."""
    found = []
    for record in names.calls:
        around = record.scope.owner()
        inside = around.kind == "class"
        while around.kind == "class" and around.parent:
            around = around.parent
        if inside and around.qualname == scope:
            found.append(record)
    return found


def _as_attribute(site: Site) -> Site:
    return replace(site, name=site.name.rpartition(".")[2])


def _found(names: Names, here: list[CallRecord], site: Site) -> list[Construction]:
    matching = [record for record in here if _calls(names, record, site.constructor)]
    if not matching:
        return _by_name(names, here, site)
    by_statement = {id(record.place.statement if record.place else record): record for record in matching}
    found = [_classify(names, record) for record in by_statement.values()]
    if not site.name:
        return [each for each in found if each.returned] or found
    named = [each for each in found if site.name in each.targets]
    for each in named:
        each.targets = [site.name, *(target for target in each.targets if target != site.name)]
    if named:
        return named
    return [
        each
        for each in found
        if each.problem or names.source.line(names.source.inner(each.call)[0]) == site.line
    ]


def _by_name(names: Names, here: list[CallRecord], site: Site) -> list[Construction]:
    """Return the statement that gives the site its name by a call that resolves to something else."""
    found = [_classify(names, record) for record in here]
    found = [each for each in found if site.name in each.targets or (not site.name and each.returned)]
    exact = [each for each in found if names.source.line(names.source.inner(each.call)[0]) == site.line]
    for each in found:
        each.targets = each.targets and [site.name]
    return exact or (found if len(found) == 1 else [])


def _calls(names: Names, record: CallRecord, constructor: str) -> bool:
    resolved = names.resolve(record.node.func, record.scope)
    if constructor in resolved:
        return True
    last = constructor.rpartition(".")[2]
    written = dotted(record.node.func)
    # `shop.ShopAPI` may be the re-exported `shop.app.ShopAPI` that the analysis followed to its definition.
    return bool(last) and (
        any(name.rpartition(".")[2] == last for name in resolved) or written[-1:] == [last]
    )


def _classify(names: Names, record: CallRecord) -> Construction:
    found = Construction(record.place, record.scope.owner(), record.node, [])
    if record.place is None:
        found.problem = "the application is made in the header of a statement, a default value or a decorator"
        return found
    if record.scope is not found.scope:
        found.problem = f"the application is made inside a {record.scope.kind}"
        return found
    statement = record.place.statement
    if isinstance(statement, cst.Return):
        found.returned = _is_value(statement.value, record.node)
        if not found.returned:
            found.problem = "the application is returned inside another expression"
    elif isinstance(statement, cst.Assign):
        _name_targets(names, found, statement)
    elif isinstance(statement, cst.AnnAssign) and _is_value(statement.value, record.node):
        found.targets = _nameable(names, statement.target)
    if not found.targets and not found.returned and not found.problem:
        found.problem = _problem(statement)
    return found


def _name_targets(names: Names, found: Construction, statement: cst.Assign) -> None:
    for assign_target in statement.targets:
        target = assign_target.target
        if _is_value(statement.value, found.call):
            found.targets += _nameable(names, target)
        elif isinstance(target, (cst.Tuple, cst.List)) and isinstance(statement.value, (cst.Tuple, cst.List)):
            pairs = list(zip(target.elements, statement.value.elements, strict=False))
            if any(isinstance(element, cst.StarredElement) for pair in pairs for element in pair):
                continue
            for left, right in pairs:
                if right.value is found.call:
                    found.targets += _nameable(names, left.value)


def _is_value(value: cst.BaseExpression | None, call: cst.Call) -> bool:
    """Whether an expression is the constructor call, or one of two calls that a condition chooses between."""
    if isinstance(value, cst.IfExp):
        branches = (value.body, value.orelse)
        return any(branch is call for branch in branches) and all(
            _same_class(branch, call) for branch in branches
        )
    return value is call


def _same_class(branch: cst.BaseExpression, call: cst.Call) -> bool:
    return (
        isinstance(branch, cst.Call) and bool(dotted(call.func)) and dotted(branch.func) == dotted(call.func)
    )


def _nameable(names: Names, target: cst.BaseExpression) -> list[str]:
    if dotted(target):
        return [names.source.code(target)]
    if isinstance(target, cst.Subscript) and dotted(target.value) and len(target.slice) == 1:
        index = target.slice[0].slice
        if isinstance(index, cst.Index) and isinstance(
            index.value, (cst.Name, cst.SimpleString, cst.Integer)
        ):
            return [names.source.code(target)]
    return []


def _problem(statement: cst.BaseSmallStatement) -> str:
    value = getattr(statement, "value", None)
    if isinstance(value, cst.Call):
        return "the application is wrapped in another call before it has a name"
    if isinstance(value, (cst.Dict, cst.List, cst.Tuple, cst.Set)):
        return "the application is made inside a literal and has no name"
    if isinstance(value, cst.NamedExpr):
        return "the application is named by := inside an expression"
    return "the application is made inside another expression and has no name of its own"
