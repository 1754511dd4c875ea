"""Values with the place they stand in, and what calls and loops bind names to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.analysis.syntax import Call, Expression, Function, Items, Source, Splat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.analysis.project import Symbol

# How many steps lead from an expression to what it stands for, at most; definitions that lead round end there.
MAX_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Value:
    """An expression that leads no further, where it stands, and the name it resolves to when it is outside."""

    source: Source
    scope: str
    expression: Expression
    symbol: Symbol | None = None
    bindings: Bindings = field(default_factory=dict)


Bindings = dict[str, Value]


def handed_over(source: Source, scope: str, call: Call, function: Function, known: Bindings) -> Bindings:
    """Return what a call gives each parameter of a function, as far as it is given one by one."""
    names = list(function.parameters)
    if function.in_class and names and names[0] in {"self", "cls"}:
        names = names[1:]
    given: Bindings = {}
    for name, argument in zip(names, call.arguments, strict=False):
        if isinstance(argument, Splat):
            break
        given[name] = Value(source, scope, argument, None, known)
    for name, argument in call.keywords.items():
        if name in function.parameters:
            given[name] = Value(source, scope, argument, None, known)
    return given


def unpacked(targets: tuple[str, ...], element: Value) -> Iterator[tuple[str, Value]]:
    """Yield what the names of a loop are bound to for one element."""
    if len(targets) == 1:
        yield targets[0], element
    elif isinstance(element.expression, Items):
        for name, item in zip(targets, element.expression.items, strict=False):
            yield name, Value(element.source, element.scope, item, None, element.bindings)
