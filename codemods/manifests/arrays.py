"""Edit a bracketed list of strings in place; TOML arrays and Python lists share brackets, commas and ``#`` comments.

A new entry gets a line of its own where the list has one entry a line; a list on one line stays on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.manifests.text import (
    apply_insertions,
    insertion_of_lines,
    line_end,
    line_start,
    newline_at,
    places,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Element:
    """One string of the list: where it stands, quotes included, and the package it names (empty for none)."""

    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Array:
    """A list in a text: the offsets of its brackets and its entries."""

    open: int
    close: int
    elements: tuple[Element, ...]


def insert_into(text: str, array: Array, items: Sequence[tuple[str, str]], *, indent: str = "    ") -> str:
    """Return the text with entries added.

    Args:
        text: The whole file.
        array: The list.
        items: Package name and requirement of each new entry, unquoted.
        indent: Indentation of entries where the list shows none.
    """
    quotes = [text[element.start] for element in array.elements if text[element.start] in "\"'"]
    quote = quotes[0] if quotes else _favourite_quote(text)
    written = {name: quoted(requirement, quote) for name, requirement in items}
    after: dict[int, list[str]] = {}
    for index, name in places([element.name for element in array.elements], [name for name, _ in items]):
        after.setdefault(index, []).append(written[name])
    if not array.elements:
        return apply_insertions(text, [_into_empty(text, array, after[-1], indent)])
    insertions: list[tuple[int, str]] = []
    for index, new in after.items():
        insertions += _before_first(text, array, new) if index < 0 else _after(text, array, index, new)
    return apply_insertions(text, insertions)


def remove_from(text: str, array: Array, index: int) -> str:
    """Return the text without one entry, and without the line that held nothing else; the opposite of `insert_into`."""
    element = array.elements[index]
    end = _comma(text, array, index) or element.end
    begins_line = not text[line_start(text, element.start) : element.start].strip()
    last = index == len(array.elements) - 1
    rest = text[end : line_end(text, end)].strip()
    if begins_line and line_start(text, element.start) > array.open and (not rest or rest.startswith("#")):
        after = text[: line_start(text, element.start)] + text[line_end(text, end) :]
        if index and last and end == element.end:
            comma = _comma(text, array, index - 1) or 0
            after = after[: comma - 1] + after[comma:]
        return _collapsed(after, array) if len(array.elements) == 1 else after
    if index:
        previous = array.elements[index - 1]
        trailing = last and end != element.end
        return (
            text[: (_comma(text, array, index - 1) or 0) if trailing else previous.end]
            + text[end if last else element.end :]
        )
    return text[: element.start] + text[end if last else array.elements[1].start :]


def quoted(requirement: str, quote: str = '"') -> str:
    """Return a requirement as a string literal; a marker's own quotes decide against ``quote``."""
    other = "'" if quote == '"' else '"'
    return f"{other}{requirement}{other}" if quote in requirement else f"{quote}{requirement}{quote}"


def _before_first(text: str, array: Array, new: list[str]) -> list[tuple[int, str]]:
    first = array.elements[0]
    start = line_start(text, first.start)
    if start <= array.open or text[start : first.start].strip():
        return [(first.start, "".join(f"{item}, " for item in new))]
    # Right under the bracket, so that a comment above the first entry stays with it.
    offset = line_end(text, array.open)
    return [
        (offset, insertion_of_lines(text, offset, [f"{text[start : first.start]}{item}," for item in new]))
    ]


def _after(text: str, array: Array, index: int, new: list[str]) -> list[tuple[int, str]]:
    element = array.elements[index]
    comma = _comma(text, array, index)
    in_line = [(element.end, "".join(f", {item}" for item in new))]
    if not _spread(text, array) or (
        comma is not None and line_end(text, comma) != line_end(text, element.end)
    ):
        return in_line
    end = comma or element.end
    offset = line_end(text, end)
    indent = _indent(text, array, index)
    rest = text[end:offset].strip()
    if rest and not rest.startswith("#"):
        if index < len(array.elements) - 1:
            return in_line
        newline = newline_at(text, end)  # the closing bracket shares the line
        if comma is not None:
            return [(comma, "".join(f"{newline}{indent}{item}," for item in new))]
        return [(end, "".join(f",{newline}{indent}{item}" for item in new))]
    if comma is not None:
        return [(offset, insertion_of_lines(text, offset, [f"{indent}{item}," for item in new]))]
    lines = [f"{indent}{item}," for item in new[:-1]] + [f"{indent}{new[-1]}"]
    return [(element.end, ","), (offset, insertion_of_lines(text, offset, lines))]


def _into_empty(text: str, array: Array, new: list[str], indent: str) -> tuple[int, str]:
    inside = text[array.open + 1 : array.close]
    base = _leading_space(text, array.open)
    lines = [f"{base}{indent}{item}," for item in new]
    close_line = line_start(text, array.close)
    if close_line > array.open and not text[close_line : array.close].strip():
        return close_line, insertion_of_lines(text, close_line, lines)
    newline = newline_at(text, array.open)
    if (
        inside.strip()
    ):  # a comment before a bracket on its own line is handled above; nothing else can stand here
        return array.close, newline + "".join(line + newline for line in lines) + base
    return array.open + 1, newline + "".join(line + newline for line in lines) + base


def _collapsed(text: str, array: Array) -> str:
    close = array.open + 1
    while text[close] in " \t\r\n":
        close += 1
    return text[: array.open + 1] + text[close:] if text[close] == "]" else text


def _comma(text: str, array: Array, index: int) -> int | None:
    """Return the offset right behind the comma that follows an entry; None when the last entry has none."""
    limit = array.elements[index + 1].start if index + 1 < len(array.elements) else array.close
    offset = array.elements[index].end
    while offset < limit:
        if text[offset] == "#":
            offset = line_end(text, offset)
        elif text[offset] == ",":
            return offset + 1
        else:
            offset += 1
    return None


def _spread(text: str, array: Array) -> bool:
    return any(line_start(text, element.start) > array.open for element in array.elements)


def _indent(text: str, array: Array, index: int) -> str:
    """Return the indentation of the nearest entry, backwards, that begins a line."""
    for element in [*reversed(array.elements[: index + 1]), *array.elements[index + 1 :]]:
        start = line_start(text, element.start)
        if start > array.open and not text[start : element.start].strip():
            return text[start : element.start]
    return " " * (array.open + 1 - line_start(text, array.open))


def _leading_space(text: str, offset: int) -> str:
    start = line_start(text, offset)
    line = text[start:offset]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _favourite_quote(text: str) -> str:
    return "'" if text.count("'") > text.count('"') else '"'
