"""Edits of text that touch nothing but what they insert or cut."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.manifests.model import CannotEditError, canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

BOM = "\ufeff"
_NEWLINE = re.compile(r"\r\n|\n|\r")


def newline_at(text: str, offset: int) -> str:
    """Return the line ending for ``offset``: that of the line before it, else the file's first, else a line feed."""
    before = [match.group() for match in _NEWLINE.finditer(text, 0, offset)]
    if before:
        return before[-1]
    first = _NEWLINE.search(text)
    return first.group() if first else "\n"


def line_start(text: str, offset: int) -> int:
    """Return where the line of ``offset`` begins."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def line_end(text: str, offset: int) -> int:
    """Return where the line of ``offset`` ends, its line ending included."""
    match = _NEWLINE.search(text, offset)
    return match.end() if match else len(text)


def without_newline(line: str) -> str:
    """Return a line without its line ending."""
    return line.rstrip("\r\n")


def lines_of(text: str) -> list[str]:
    """Split into lines with their endings, at line feeds and carriage returns only."""
    lines, start = [], 0
    while start < len(text):
        end = line_end(text, start)
        lines.append(text[start:end])
        start = end
    return lines


def insertion_of_lines(text: str, offset: int, lines: Sequence[str]) -> str:
    """Return what to insert at ``offset``, a line boundary, so that ``lines`` stand there.

    A file that ends without a line ending keeps ending without one: cutting the lines again gives back the old bytes.
    """
    newline = newline_at(text, offset)
    if offset and text[offset - 1] not in "\r\n" and text[:offset] != BOM:
        return "".join(newline + line for line in lines)
    return "".join(line + newline for line in lines)


def cut_lines(text: str, start: int, end: int) -> str:
    """Return ``text`` without the whole lines from ``start`` to ``end``; the opposite of `insertion_of_lines`."""
    end = min(end, len(text))  # an earlier cut may have taken the last line ending
    if end == len(text) and end > start and text[end - 1] not in "\r\n" and start:
        start -= 2 if text[start - 2 : start] == "\r\n" else 1 if text[start - 1] in "\r\n" else 0
    return text[:start] + text[end:]


def apply_insertions(text: str, insertions: Sequence[tuple[int, str]]) -> str:
    """Return ``text`` with every ``(offset, new text)`` inserted; those of one offset stand in the order given."""
    parts, done = [], 0
    for offset, new in sorted(insertions, key=lambda one: one[0]):
        parts += [text[done:offset], new]
        done = offset
    return "".join([*parts, text[done:]])


def places(existing: Sequence[str], new: Sequence[str]) -> list[tuple[int, str]]:
    """Say where names go in a list: in order when the list is sorted, at the end when it is not.

    Args:
        existing: The names of the list, as written. Fewer than two say nothing about an order.
        new: The names to add.

    Returns:
        For each new name, in writing order, the index of the entry it follows (-1: before the first) and the name.
    """
    for key in (canonical, str.lower):
        keys = [key(name) for name in existing]
        if len(keys) > 1 and keys == sorted(keys):
            return [(sum(one <= key(name) for one in keys) - 1, name) for name in sorted(new, key=key)]
    return [(len(existing) - 1, name) for name in new]


def decode(source: bytes) -> str:
    """Decode UTF-8; a byte order mark stays as the first character.

    Raises:
        CannotEditError: It is something else.
    """
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CannotEditError(f"it is not UTF-8 (byte {error.start})") from error
