"""The methods that a class answers, where a class stands in for a function: `View.as_view("x")`, `Resource`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.attributes import class_of
from codemods.analysis.syntax import Attribute, Call, Class, Expression, Items, Name, Source

if TYPE_CHECKING:
    from codemods.analysis.bindings import Value
    from codemods.analysis.routing_graph import RoutingGraph
    from codemods.analysis.values import Evaluator

_HTTP_METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_MAKES_A_VIEW = "as_view"


def view_methods(graph: RoutingGraph, handler: Value) -> list[str]:
    """Return the methods of the class that answers a route; empty when it is no class, or says none.

    Args:
        graph: For what is assigned to names.
        handler: What a route is given: a class, or what a class makes a view of.
    """
    evaluator = graph.evaluator
    for value in evaluator.values(handler.source, handler.scope, handler.expression, handler.bindings):
        owner = _class_behind(value.expression)
        if owner is None:
            continue
        for target in evaluator.values(value.source, value.scope, owner, value.bindings):
            if isinstance(target.expression, Name) and (found := class_of(evaluator, target)):
                return class_methods(evaluator, *found)
    return []


def _class_behind(expression: Expression) -> Expression | None:
    """Return `View` of `View` and of `View.as_view("x")`."""
    if isinstance(expression, Name):
        return expression
    if not isinstance(expression, Call):
        return None
    function = expression.function
    if isinstance(function, Name) and function.path.endswith(f".{_MAKES_A_VIEW}"):
        return Name(function.path.rpartition(".")[0])
    if isinstance(function, Attribute) and function.name == _MAKES_A_VIEW:
        return function.value
    # A decorator around the view: `login_required(View.as_view("x"))`.
    return _class_behind(expression.arguments[0]) if len(expression.arguments) == 1 else None


def class_methods(evaluator: Evaluator, source: Source, cls: Class) -> list[str]:
    """Return the methods that a class names, or else those it defines, itself or through classes of the project.

    https://flask.palletsprojects.com/en/stable/views/#method-hints
    """
    above = (evaluator.definitions.class_at(symbol) for symbol in evaluator.definitions.bases(source, cls))
    defined: set[str] = set()
    for home, owner in [(source, cls), *filter(None, above)]:
        for item in home.assigned(owner.qualname, "methods"):
            if isinstance(item.value, Items):
                elements = evaluator.items(home, owner.qualname, item.value) or []
                texts = [evaluator.literal(e.source, e.scope, e.expression, e.bindings) for e in elements]
                return sorted({text.upper() for text in texts if text})
        defined |= {name.upper() for name in _HTTP_METHODS if f"{owner.qualname}.{name}" in home.functions}
    return sorted(defined)
