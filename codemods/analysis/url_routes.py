r"""Routes of URL patterns: how nested ones join, and how one is shown.

The generated package shows the routes of requests in the same way, so that names of spans and of endpoints agree.
https://docs.djangoproject.com/en/5.2/topics/http/urls/
"""

from __future__ import annotations

import re

_IS_EXPRESSION = re.compile(r"[\^$\\(]")
_NAMED = re.compile(r"\(\?P<(\w+)>")
# Groups that take no part in the text, such as `(?=…)`, `(?i)` and comments.
_INVISIBLE = re.compile(r"\(\?(?:[=!#]|<[=!]|[aiLmsux-]+\))")
_PLAIN = re.compile(r"\(\?(?:[aiLmsux-]+)?:")
_SIGNS = frozenset("^$?*+")
_ANCHORS = frozenset("AZbB")


def joined(outer: str, inner: str) -> str:
    """Join the route of an included list and one in it: an anchor stands at the start of a whole route only."""
    return outer + inner.removeprefix("^") if outer else inner


def shown_route(route: str) -> str:
    r"""Return a route as span names and labels show it, behind a slash.

    ``orders/<int:pk>/`` stays as it is; of a regular expression, ``^(?P<slug>[-\w]+)/$``, the groups stay by
    their names and the signs go: ``/<slug>/``.
    """
    text = _simplified(route) if _IS_EXPRESSION.search(route) else route
    return text if text.startswith("/") else f"/{text}"


def _simplified(expression: str) -> str:
    text, at = "", 0
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
    if named := _NAMED.match(group):
        return f"<{named[1]}>"
    if _INVISIBLE.match(group):
        return ""
    plain = _PLAIN.match(group)
    return _simplified(group[plain.end() : -1]) if plain else "<var>"


def _end_of_group(expression: str, start: int) -> int:
    """Return where the group ends that begins here: groups stand in each other."""
    depth, in_class, at = 0, False, start
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
