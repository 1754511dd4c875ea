"""The text or the list that a value says literally, settings by their default."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.analysis.bindings import Value
from codemods.analysis.syntax import Attribute, Call, Expression, Items, Name, Splat, Template, Text

if TYPE_CHECKING:
    from codemods.analysis.values import Evaluator

_FIELD = re.compile(r"\{(\d*)\}")


def text_of(evaluator: Evaluator, value: Value) -> str | None:
    """Return the text that a value is, or falls back to; None when it has none."""
    expression = value.expression
    if isinstance(expression, Text):
        return expression.value
    if isinstance(expression, Template):
        parts = [
            evaluator.literal(value.source, value.scope, part, value.bindings) for part in expression.parts
        ]
        return None if None in parts else "".join(part for part in parts if part is not None)
    if isinstance(expression, Call):
        if (template := _formatted(expression)) is not None:
            return evaluator.literal(value.source, value.scope, template, value.bindings)
        default = _default(expression)
        return (
            None if default is None else evaluator.literal(value.source, value.scope, default, value.bindings)
        )
    return None


def elements_of(evaluator: Evaluator, value: Value) -> list[Value] | None:
    """Return the elements of a display, splats opened; None when one of them cannot be opened."""
    opened: list[Value] = []
    items = value.expression.items if isinstance(value.expression, Items) else ()
    for item in items:
        if isinstance(item, Splat):
            inner = evaluator.items(value.source, value.scope, item.value, value.bindings)
            if inner is None:
                return None
            opened.extend(inner)
        else:
            opened.append(Value(value.source, value.scope, item, None, value.bindings))
    return opened


def _default(call: Call) -> Expression | None:
    """Return the default of a call that reads a setting: ``getenv(name, d)``, ``Field(d)``, ``c(name, default=d)``."""
    if "default" in call.keywords:
        return call.keywords["default"]
    leaf = call.function.path.rpartition(".")[2] if isinstance(call.function, Name) else ""
    position = {"getenv": 1, "get": 1, "Field": 0, "str": 0, "cast": 1}.get(leaf)
    return None if position is None else call.argument(position)


def _formatted(call: Call) -> Expression | None:
    """Return `"/api/{}".format(version)` as the parts it puts together; None for anything with names or formats."""
    function = call.function
    if (
        not isinstance(function, Attribute)
        or function.name != "format"
        or not isinstance(function.value, Text)
    ):
        return None
    parts: list[Expression] = []
    for number, text in enumerate(_FIELD.split(function.value.value)):
        if number % 2 == 0:
            parts.append(Text(text))
        elif (given := call.argument(int(text or number // 2))) is not None:
            parts.append(given)
        else:
            return None
    return (
        None
        if "{" in "".join(part.value for part in parts[::2] if isinstance(part, Text))
        else Template(tuple(parts))
    )
