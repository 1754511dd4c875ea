"""String and number literals, and what ``+`` makes of them.

https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.analysis.syntax import Constant, Expression, Items, Other, Splat, Subscript, Template, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from ast_grep_py import SgNode

_ESCAPE = re.compile(r"\\(\r?\n|[\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})")
_ESCAPES = {
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


def string(node: SgNode, interpolated: Callable[[SgNode], Expression]) -> Expression:
    """Read one string literal; ``interpolated`` reads what stands in the braces of an f-string."""
    parts: list[Expression] = []
    prefix = ""
    for child in node.named_children():
        kind = child.kind()
        if kind == "string_start":
            prefix = child.text().rstrip("'\"").lower()
        elif kind == "interpolation":
            parts.append(interpolated(child))
        elif kind == "string_content":
            text = child.text()
            if "f" in prefix:
                text = text.replace("{{", "{").replace("}}", "}")
            parts.append(Text(text if "r" in prefix else _ESCAPE.sub(_unescape, text)))
    return Other("bytes") if "b" in prefix else joined(parts)


def number(node: SgNode) -> Expression:
    """Read a number; only integers matter to the analysis."""
    try:
        return Constant(int(node.text().replace("_", ""), 0))
    except ValueError:
        return Other(node.kind())


def joined(parts: list[Expression]) -> Expression:
    """Return adjacent strings as one: its text where all of it is known, else a template."""
    if all(isinstance(part, Text) for part in parts):
        return Text("".join(part.value for part in parts if isinstance(part, Text)))
    return Template(tuple(parts))


def added(left: Expression, right: Expression) -> Expression:
    """Return what ``left + right`` makes: a longer list where one side is a list, else a string."""
    if isinstance(left, Items) or isinstance(right, Items):
        return Items(extended(left, right))
    return joined([left, right])


def filled(left: Expression, right: Expression) -> Expression:
    """Return what ``"…%s…" % value`` makes, where nothing but ``%s`` is filled in."""
    texts = left.value.split("%s") if isinstance(left, Text) else []
    values: tuple[Expression, ...] = (right,)
    if isinstance(right, Items):
        values = right.items
    elif len(texts) > 2:  # noqa: PLR2004 - a tuple that has a name
        values = tuple(Subscript(right, Constant(number)) for number in range(len(texts) - 1))
    if len(texts) != len(values) + 1 or any("%" in text for text in texts):
        return Other("binary_operator")
    parts: list[Expression] = [Text(texts[0])]
    for value, text in zip(values, texts[1:], strict=True):
        parts += [value, Text(text)]
    return joined(parts)


def extended(*values: Expression) -> tuple[Expression, ...]:
    """Return the elements of several lists in a row; a value that is no display stands as a splat."""
    return tuple(
        item for value in values for item in (value.items if isinstance(value, Items) else (Splat(value),))
    )


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if code in _ESCAPES:
        return _ESCAPES[code]
    if code[0] in "xu":
        return chr(int(code[1:], 16))
    return chr(int(code, 8)) if code[0].isdigit() else ""
