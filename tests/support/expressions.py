"""The part of GitHub's expressions that rendered workflows use: contexts, ``== != && || !``, parentheses, and a few functions.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TOKEN = re.compile(
    r"\s*(?:(?P<op>&&|\|\||==|!=|!|\(|\)|,)|'(?P<text>(?:[^']|'')*)'|(?P<name>[A-Za-z_][\w.-]*))"
)
_INSIDE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


class Evaluator:
    """Evaluates expressions.

    Args:
        contexts: ``github``, ``env``, ``steps`` …, each a mapping; what is missing in one is empty, as at GitHub.
        functions: By name.
    """

    def __init__(self, contexts: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> None:
        self._contexts, self._functions = contexts, functions
        self._tokens: list[tuple[str, str]] = []

    def text(self, template: object) -> str:
        """Fill the expressions of a text in."""
        return _INSIDE.sub(lambda found: _shown(self.value(found[1])), _shown(template))

    def value(self, expression: str) -> Any:
        """Return what an expression, with or without its braces, comes to.

        Raises:
            ValueError: It uses something that is not known here.
        """
        braced = _INSIDE.fullmatch(expression.strip())
        source = braced[1] if braced else expression
        self._tokens, at = [], 0
        while source[at:].strip():
            token = _TOKEN.match(source, at)
            if token is None:
                raise ValueError(f"not understood: {source[at:]!r} in {expression!r}")
            kind = str(token.lastgroup)
            self._tokens.append((kind, token[kind]))
            at = token.end()
        result = self._either()
        if self._tokens:
            raise ValueError(f"not understood: {self._tokens[0][1]!r} in {expression!r}")
        return result

    def _taken(self, *operators: str) -> str:
        if self._tokens and self._tokens[0][0] == "op" and self._tokens[0][1] in operators:
            return self._tokens.pop(0)[1]
        return ""

    def _either(self) -> Any:
        left = self._both()
        while self._taken("||"):
            right = self._both()
            left = left or right
        return left

    def _both(self) -> Any:
        left = self._compared()
        while self._taken("&&"):
            right = self._compared()
            left = left and right
        return left

    def _compared(self) -> Any:
        left = self._single()
        while operator := self._taken("==", "!="):
            right = self._single()
            left = (left == right) == (operator == "==")
        return left

    def _single(self) -> Any:
        if self._taken("!"):
            return not self._single()
        if self._taken("("):
            inner = self._either()
            self._expect(")")
            return inner
        kind, word = self._tokens.pop(0)
        if kind == "text":
            return word.replace("''", "'")
        if kind == "name" and self._taken("("):
            arguments = []
            while not self._taken(")"):
                arguments.append(self._either())
                self._taken(",")
            return self._functions[word](*arguments)
        value: Any = self._contexts
        for part in word.split("."):
            if value is self._contexts and part not in value:
                raise ValueError(f"there is no context {part!r}")
            value = (value or {}).get(part, "")
        return value

    def _expect(self, operator: str) -> None:
        if not self._taken(operator):
            raise ValueError(f"{operator} is missing")


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
