"""What an attribute of a value can stand for: what its class, a method or ``self.name = …`` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.bindings import MAX_DEPTH, Value
from codemods.analysis.project import Symbol
from codemods.analysis.syntax import Attribute, Call, Class, Name, Source, Text

if TYPE_CHECKING:
    from codemods.analysis.values import Evaluator


def class_of(evaluator: Evaluator, value: Value) -> tuple[Source, Class] | None:
    """Return the project's class that a value is, or is an instance of."""
    expression = value.expression
    if isinstance(expression, Call):
        expression = expression.function
    if not isinstance(expression, Name):
        return None
    symbol = evaluator.project.resolve(value.source, value.scope, expression.path)
    found = evaluator.definitions.class_at(symbol)
    if found is None and symbol.path and expression is not value.expression:
        # `config = CLASSES[name]; return config()`
        for made in evaluator.values(value.source, value.scope, expression):
            if isinstance(made.expression, Name) and (
                found := evaluator.definitions.class_at(made.symbol or symbol)
            ):
                break
    return found


def attributes(evaluator: Evaluator, owners: list[Value], rest: str, depth: int) -> list[Value]:
    """Follow a dotted path of attributes from values."""
    for part in filter(None, rest.split(".")):
        owners = [value for owner in owners for value in attribute_of(evaluator, owner, part, depth)]
    return owners


def attribute_of(evaluator: Evaluator, owner: Value, name: str, depth: int) -> list[Value]:
    """Return what one attribute of a value can stand for."""
    if depth > MAX_DEPTH:
        return []
    if owner.symbol and owner.symbol.path and not owner.symbol.name:
        module = evaluator.project.read(owner.symbol.path)
        return evaluator.values(module, "", Name(name), None, depth + 1) if module else []
    if isinstance(owner.expression, Text) and name == "value":
        return [owner]
    found = class_of(evaluator, owner)
    if found is None:
        return [Value(owner.source, owner.scope, Attribute(owner.expression, name), None, owner.bindings)]
    return _of_class(evaluator, *found, name, depth)


def _of_class(evaluator: Evaluator, source: Source, cls: Class, name: str, depth: int) -> list[Value]:
    above = (evaluator.definitions.class_at(symbol) for symbol in evaluator.definitions.bases(source, cls))
    for owner in [(source, cls), *filter(None, above)]:
        if found := _own(evaluator, *owner, name, depth):
            return found
    return []


def _own(evaluator: Evaluator, source: Source, cls: Class, name: str, depth: int) -> list[Value]:
    """Return what a class itself says about an attribute: its body, a property or method, or ``self.name = …``."""
    owner = cls.qualname
    if assigned := source.assigned(owner, name):
        return [v for item in assigned for v in evaluator.values(source, owner, item.value, None, depth + 1)]
    if method := source.functions.get(f"{owner}.{name}"):
        if any(isinstance(item, Name) and item.path.endswith("property") for item in method.decorators):
            scope = method.qualname
            return [
                v for item in method.returns for v in evaluator.values(source, scope, item, None, depth + 1)
            ]
        return [Value(source, "", Name(method.qualname), Symbol("", source.path, "", method.qualname))]
    return [
        value
        for (scope, target), items in source.assignments.items()
        if target == f"self.{name}" and scope.startswith(f"{owner}.")
        for item in items
        for value in evaluator.values(source, scope, item.value, None, depth + 1)
    ]


def of_self(evaluator: Evaluator, source: Source, scope: str, rest: str, depth: int) -> list[Value]:
    """Follow ``self.…`` from the class whose method the scope is in."""
    owner = scope.rpartition(".")[0]
    while owner and owner not in source.classes:
        owner = owner.rpartition(".")[0]
    if not owner:
        return []
    first, _, more = rest.partition(".")
    return attributes(
        evaluator, _of_class(evaluator, source, source.classes[owner], first, depth + 1), more, depth
    )
