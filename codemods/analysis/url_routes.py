"""Routes of URL patterns: how nested ones join, and how one is shown.

https://docs.djangoproject.com/en/5.2/topics/http/urls/
"""

from __future__ import annotations

import re

_CLASSES = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]")
_NAMED = re.compile(r"\(\?P<(\w+)>")
_ANCHORS = re.compile(r"\\[AbBZ]|[\^$?*+]")


def joined(outer: str, inner: str) -> str:
    """Join the route of an included list and one in it: an anchor stands at the start of a whole route only."""
    return outer + inner.removeprefix("^") if outer else inner


def shown_route(route: str) -> str:
    r"""Return a route as span names and labels show it.

    A group of a regular expression is shown by its name, ``^(?P<slug>[-\w]+)/$`` as ``/<slug>/``; anchors and
    repetitions go. A path such as ``orders/<int:pk>/`` stays as it is, behind a slash.
    """
    text, position = "", 0
    while position < len(route):
        if route[position] == "(" and (end := _group_end(route, position)):
            text += _shown_group(route[position:end])
            position = end
        elif route[position] == "\\" and route[position + 1 : position + 2] in {".", "-", "/", "_"}:
            text += route[position + 1]
            position += 2
        else:
            anchor = _ANCHORS.match(route, position)
            text += "" if anchor else route[position]
            position = anchor.end() if anchor else position + 1
    return text if text.startswith("/") else f"/{text}"


def _group_end(route: str, start: int) -> int:
    depth = 0
    position = start
    while position < len(route):
        if bracket := _CLASSES.match(route, position):
            position = bracket.end()
            continue
        if route[position] == "\\":
            position += 1
        elif route[position] == "(":
            depth += 1
        elif route[position] == ")":
            depth -= 1
            if not depth:
                return position + 1
        position += 1
    return 0


def _shown_group(group: str) -> str:
    if named := _NAMED.match(group):
        return f"<{named[1]}>"
    if group.startswith("(?:"):
        return shown_route(group[3:-1]).removeprefix("/") if not group.startswith("(?:/") else group[3:-1]
    return "" if group.startswith("(?") else "<var>"
