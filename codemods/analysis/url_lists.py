"""Lists that a module makes step by step: ``=``, ``+=``, ``append``, and what a star import brings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.analysis.bindings import Value
from codemods.analysis.syntax import Call, Expression, Items, Name, Source, Splat

if TYPE_CHECKING:
    from codemods.analysis.settings_files import Settings
    from codemods.analysis.values import Evaluator

_FLAG = re.compile(r"(not)?\s*(not)?(?:\w+\.)*([A-Z][A-Z0-9_]*)(and.*)?")
_ADDING = {"append": 0, "extend": 0, "insert": 1}
_MAX_STARS = 8


def grown(
    evaluator: Evaluator, settings: Settings, source: Source, name: str, depth: int = 0
) -> Value | None:
    """Return a list at module level as one expression, after its last step; None when the module has none.

    What stands under a setting that reads False is left out.
    """
    steps = source.growth.get(("", name), [])
    value: Value | None = None
    if (not steps or steps[0].adds) and depth < _MAX_STARS:
        for star in source.stars:
            project = evaluator.project
            path = project.find_module(project.absolute(source.path, star))
            home = project.read(path) if path else None
            value = (grown(evaluator, settings, home, name, depth + 1) if home else None) or value
    for step in steps:
        if not any(is_off(settings, condition) for condition in step.conditions):
            parts: tuple[Expression, ...] = (Splat(Name(name)), Splat(step.value))
            longer = Items(parts) if step.adds and value is not None else step.value
            value = Value(source, "", longer, None, {name: value} if value else {})
    for call in source.calls:
        value = _appended(evaluator, source, call, name, value)
    return value


def _appended(
    evaluator: Evaluator, source: Source, call: Call, name: str, value: Value | None
) -> Value | None:
    path = call.function.path if isinstance(call.function, Name) else ""
    owner, _, method = path.rpartition(".")
    if owner != name or method not in _ADDING or call.scope or len(call.arguments) <= _ADDING[method]:
        return value
    added = call.arguments[_ADDING[method]]
    for bindings in evaluator.environments(source, call) or []:
        last: Expression = Splat(added) if method == "extend" else added
        known = {**bindings, **({name: value} if value else {})}
        value = Value(source, "", Items((Splat(Name(name)), last) if value else (last,)), None, known)
    return value


def is_off(settings: Settings, condition: str) -> bool:
    """Say whether a condition asks for a setting that reads False, or for one that reads True not to be so."""
    match = _FLAG.fullmatch(condition)
    if match is None:
        return False
    known = settings.known_flag(match[3])
    if match[3] == "DEBUG":
        known = bool(known)
    negated = bool(match[1]) != bool(match[2])
    return known is not None and known is negated
