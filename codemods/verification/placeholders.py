"""What stands for a value in a route: ``{order_id:int}`` of Starlette, ``<int:order_id>`` of Flask and Django.

See https://starlette.dev/routing/#path-parameters,
https://flask.palletsprojects.com/en/stable/quickstart/#variable-rules and
https://docs.djangoproject.com/en/stable/topics/http/urls/#path-converters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# A convertor of Flask's may have arguments: `<any(en, de):language>`.
_PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}|<(?:(\w+)(?:\((.*?)\))?:)?(\w+)>")
_REST_OF_PATH = "path"


@dataclass(frozen=True)
class Placeholder:
    """One placeholder.

    Attributes:
        name: What the value is called.
        convertor: What reads it; empty where any segment will do.
        arguments: What stands in the parentheses behind the convertor.
    """

    name: str
    convertor: str = ""
    arguments: str = ""


def fill(route: str, value_of: Callable[[Placeholder], str]) -> str:
    """Return a route with something in the place of each placeholder."""
    return _PLACEHOLDER.sub(lambda found: value_of(_read(found)), route)


def read(route: str) -> list[Placeholder]:
    """Return the placeholders of a route, from left to right."""
    return [_read(found) for found in _PLACEHOLDER.finditer(route)]


def has_placeholders(route: str) -> bool:
    """Tell whether a route stands for several paths."""
    return _PLACEHOLDER.search(route) is not None


def plain(route: str) -> str:
    """Return a route template without convertors and closing slash: ``/files/{path}``."""
    return fill(route, lambda one: f"{{{one.name}}}").rstrip("/") or "/"


def matches(route: str, path: str) -> bool:
    """Tell whether a path can belong to a route template."""
    pattern, end = "", 0
    for found in _PLACEHOLDER.finditer(route):
        inside = ".*" if _read(found).convertor == _REST_OF_PATH else "[^/]+"
        pattern += re.escape(route[end : found.start()]) + inside
        end = found.end()
    return re.fullmatch(pattern + re.escape(route[end:]), path) is not None


def _read(found: re.Match[str]) -> Placeholder:
    braced, braced_convertor, convertor, arguments, angled = found.groups(default="")
    return Placeholder(braced or angled, braced_convertor or convertor, arguments)
