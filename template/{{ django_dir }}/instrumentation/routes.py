r"""The route that answered a request, as a template with a leading slash.

`orders/<int:pk>/` is `/orders/<int:pk>/`, and `^orders/(?P<pk>[0-9]+)/$`, which is
written as a regular expression, is `/orders/<pk>/`.
"""

from __future__ import annotations

import re
from functools import lru_cache

_IS_EXPRESSION = re.compile(r"[\^$\\(]")
_NAMED = re.compile(r"\(\?P<(\w+)>")
# Groups that take no part in the text, such as `(?=…)`, `(?i)` and comments.
_INVISIBLE = re.compile(r"\(\?(?:[=!#]|<[=!]|[aiLmsux-]+\))")
_PLAIN = re.compile(r"\(\?(?:[aiLmsux-]+)?:")
_SIGNS = frozenset("^$?*+")
_ANCHORS = frozenset("AZbB")


@lru_cache(maxsize=4096)
def template_of(route: str) -> str:
    """Return the template of a route as `request.resolver_match` has it."""
    text = _simplified(route) if _IS_EXPRESSION.search(route) else route
    return text if text.startswith("/") else f"/{text}"


def _simplified(expression: str) -> str:
    """Return an expression with names for its groups, and without its signs."""
    text = ""
    at = 0
    while at < len(expression):
        sign = expression[at]
        end = at + 1
        if sign == "\\":
            end = at + 2
            escaped = expression[at + 1 : end]
            if escaped not in _ANCHORS:
                text += f"\\{escaped}" if escaped.isalnum() else escaped
        elif sign == "(":
            end = _end_of_group(expression, at)
            text += _group(expression[at:end])
        elif sign not in _SIGNS:
            text += sign
        at = end
    return text


def _group(group: str) -> str:
    named = _NAMED.match(group)
    if named:
        return f"<{named[1]}>"
    if _INVISIBLE.match(group):
        return ""
    plain = _PLAIN.match(group)
    return _simplified(group[plain.end() : -1]) if plain else "<var>"


def _end_of_group(expression: str, start: int) -> int:
    """Return where the group ends that begins here: groups stand in each other."""
    depth = 0
    in_class = False
    at = start
    while at < len(expression):
        sign = expression[at]
        if sign == "\\":
            at += 1
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
            # A bracket that comes first is a character of the class.
            at += len("^") if expression.startswith("^", at + 1) else 0
            at += len("]") if expression.startswith("]", at + 1) else 0
        else:
            depth += (sign == "(") - (sign == ")")
            if not depth:
                return at + 1
        at += 1
    return len(expression)
