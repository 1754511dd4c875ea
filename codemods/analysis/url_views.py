"""What a URL pattern leads to: the view's name, and the HTTP methods that reading tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.bindings import Value
from codemods.analysis.syntax import Attribute, Call, Class, Expression, Mapping, Name, Source, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemods.analysis.values import Evaluator
    from codemods.url_facts import UrlPatterns

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_MAX_WRAPPERS = 6


class UrlViews:
    """Describes views.

    Args:
        evaluator: What expressions stand for.
        facts: The methods of the framework's own classes and decorators.
    """

    def __init__(self, evaluator: Evaluator, facts: UrlPatterns) -> None:
        self.evaluator, self.facts = evaluator, facts
        self.project = evaluator.project

    def describe(self, view: Value) -> tuple[str, str]:
        """Return a method that the view answers, and its name; GET where it is among them or nothing is known."""
        value = self._unwrapped(view)
        expression = value.expression
        if isinstance(expression, Text):
            value = Value(value.source, "", Name(expression.value), self.project.locate(expression.value))
            expression = value.expression
        if isinstance(expression, Call):
            return one_method(self._of_class_view(value, expression)), _called(expression)
        if isinstance(expression, Name):
            return one_method(self._of_function(value, expression)), expression.path
        return "GET", ""

    def _unwrapped(self, value: Value) -> Value:
        """Take decorators off that are called around a view: ``login_required(view)``, ``cache_page(60)(view)``."""
        for _ in range(_MAX_WRAPPERS):
            call = value.expression
            if not isinstance(call, Call) or _is_as_view(call):
                break
            inner = next((item for item in call.arguments if isinstance(item, (Name, Call, Attribute))), None)
            if inner is None:
                break
            value = Value(value.source, value.scope, inner, None, value.bindings)
        return value

    def _of_class_view(self, value: Value, call: Call) -> Iterable[str]:
        mapping = call.argument(0, "actions")
        if isinstance(mapping, Mapping):
            return [key.value.upper() for key, _ in mapping.pairs if isinstance(key, Text)]
        owner = call.function
        if not isinstance(owner, Name):
            return []
        symbol = self.project.resolve(value.source, value.scope, owner.path.rpartition(".")[0])
        found = self.evaluator.definitions.class_at(symbol)
        return self.of_class(*found) if found else self.facts.methods.get(symbol.full, [])

    def of_class(self, source: Source, cls: Class) -> list[str]:
        """Return the methods that a class answers, its bases included."""
        found = [name.upper() for name in METHODS if f"{cls.qualname}.{name}" in source.functions]
        for base in self.evaluator.definitions.bases(source, cls):
            if above := self.evaluator.definitions.class_at(base):
                home, inner = above
                found += [name.upper() for name in METHODS if f"{inner.qualname}.{name}" in home.functions]
            else:
                found += self.facts.methods.get(base.full, [])
        return found

    def _of_function(self, value: Value, name: Name) -> Iterable[str]:
        symbol = value.symbol or self.project.resolve(value.source, value.scope, name.path)
        found = self.evaluator.definitions.function_at(symbol)
        for decorator in found[1].decorators if found else ():
            source = found[0] if found else value.source
            called = decorator.function if isinstance(decorator, Call) else decorator
            full = self.project.full_name(source, "", called)
            if full in self.facts.methods:
                return self.facts.methods[full]
            if full in self.facts.method_decorators:
                given = decorator.argument(0, "http_method_names") if isinstance(decorator, Call) else None
                elements = self.evaluator.items(source, "", given) if given is not None else None
                names = [
                    self.evaluator.literal(item.source, item.scope, item.expression)
                    for item in elements or []
                ]
                return [text.upper() for text in names if text]
        return []


def one_method(methods: Iterable[str]) -> str:
    """Return the method to show for a pattern that answers several: the harmless one first."""
    known = set(methods)
    return next((name.upper() for name in METHODS if name.upper() in known), "GET")


def _is_as_view(call: Call) -> bool:
    path = call.function.path if isinstance(call.function, Name) else ""
    return path.endswith(".as_view")


def _called(call: Call) -> str:
    function: Expression = call.function
    return function.path.removesuffix(".as_view") if isinstance(function, Name) else ""
