"""Where things stand in a TOML file: tables, keys and array entries as offsets.

``tomllib`` says what a file means, not where. This scanner says where; it only runs on files that ``tomllib`` has read.
https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codemods.manifests.arrays import Array, Element
from codemods.manifests.model import CannotEditError
from codemods.manifests.text import BOM, decode, line_end

if TYPE_CHECKING:
    from collections.abc import Callable

Path = tuple[str, ...]

_KEY_PART = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*""")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|' r"'''(?:.)*?'{3,5}(?!')|" r'"(?:[^"\\\r\n]|\\.)*"|' r"'[^'\r\n]*'",
    re.DOTALL,
)


@dataclass(frozen=True)
class Entry:
    """One ``key = value``: its full path and its offsets. ``end`` is behind the line ending."""

    path: Path
    start: int
    value: int
    value_end: int
    end: int


@dataclass
class Table:
    """One ``[header]`` and what stands under it. ``end`` is behind the header's line ending."""

    path: Path
    start: int
    end: int
    entries: list[Entry] = field(default_factory=list)

    @property
    def body_end(self) -> int:
        """Where a further entry goes: behind the last one."""
        return self.entries[-1].end if self.entries else self.end


@dataclass
class Document:
    """A TOML file: its text, its meaning and its tables in file order; the first table is the one before any header."""

    text: str
    data: dict[str, Any]
    tables: list[Table]

    def table(self, *path: str) -> Table | None:
        """Return the table with exactly this header."""
        return next((table for table in self.tables[1:] if table.path == path), None)

    def entry(self, *path: str) -> Entry | None:
        """Return the key with exactly this full path."""
        return next((entry for table in self.tables for entry in table.entries if entry.path == path), None)

    def value(self, *path: str) -> Any:
        """Return a value by its path; None when it or a table above it is missing."""
        value: Any = self.data
        for part in path:
            if not isinstance(value, dict) or part not in value:
                return None
            value = value[part]
        return value


def parse(source: bytes) -> Document:
    """Read a TOML file.

    Raises:
        CannotEditError: It is no valid TOML.
    """
    text = decode(source)
    try:
        data = tomllib.loads(text.removeprefix(BOM))
    except tomllib.TOMLDecodeError as error:
        raise CannotEditError(f"it is no valid TOML: {error}") from error
    return Document(text, data, _tables(text))


def array_at(text: str, offset: int, name_of: Callable[[str], str]) -> Array:
    """Return the array whose bracket opens at ``offset``.

    Args:
        text: The whole file.
        offset: Where the value begins.
        name_of: Returns the package that a string entry names.

    Raises:
        CannotEditError: The value is no array.
    """
    if text[offset] != "[":
        raise CannotEditError("the list of dependencies is not written as an array")
    elements: list[Element] = []
    at = offset + 1
    while text[at] != "]":
        if text[at] == "#":
            at = line_end(text, at)
        elif text[at] in " \t\r\n,":
            at += 1
        else:
            end = _value_end(text, at)
            value = tomllib.loads(f"x = {text[at:end]}")["x"]
            elements.append(Element(at, end, name_of(value) if isinstance(value, str) else ""))
            at = end
    return Array(offset, at, tuple(elements))


def _tables(text: str) -> list[Table]:
    at = 1 if text.startswith(BOM) else 0
    tables = [Table((), at, at)]
    while at < len(text):
        if text[at] in " \t\r\n":
            at += 1
        elif text[at] == "#":
            at = line_end(text, at)
        elif text[at] == "[":
            bracket = at + (2 if text[at + 1] == "[" else 1)
            path, _ = _key(text, bracket)
            end = line_end(text, bracket)
            tables.append(Table(path, at, end))
            at = end
        else:
            entry = _entry(text, at, tables[-1].path)
            tables[-1].entries.append(entry)
            at = entry.end
    return tables


def _entry(text: str, at: int, table: Path) -> Entry:
    key, equals = _key(text, at)
    value = equals + 1
    while text[value] in " \t":
        value += 1
    value_end = _value_end(text, value)
    return Entry(table + key, at, value, value_end, line_end(text, value_end))


def _key(text: str, at: int) -> tuple[Path, int]:
    """Read a dotted key; return its parts and the offset behind it."""
    parts: list[str] = []
    while match := _KEY_PART.match(text, at):
        part = match.group(1)
        parts.append(tomllib.loads(f"x = {part}")["x"] if part[0] in "\"'" else part)
        at = match.end()
        if text[at] != ".":
            break
        at += 1
    return tuple(parts), at


def _value_end(text: str, at: int) -> int:
    """Return where the value ends that begins at ``at``."""
    depth = 0
    start = at
    while at < len(text):
        if string := _STRING.match(text, at):
            at = string.end()
        elif text[at] in "[{":
            depth, at = depth + 1, at + 1
        elif text[at] in "]}":
            if depth == 0:
                break
            depth, at = depth - 1, at + 1
        elif text[at] == "#" and depth:
            at = line_end(text, at)
        elif depth == 0 and text[at] in ",#\r\n":
            break
        else:
            at += 1
            continue
        if depth == 0:
            return at
    return start + len(text[start:at].rstrip())
