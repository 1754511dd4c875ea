"""A Python file as bytes, text and LibCST tree at once, and edits that leave every other byte alone.

LibCST only parses here. Edits are insertions into the text at offsets taken from the tree, so what is not ours
cannot change: encoding, BOM, newlines, tabs and blank lines are never generated again.
https://libcst.readthedocs.io/en/latest/nodes.html
"""

from __future__ import annotations

import gc
from bisect import bisect_right
from contextlib import contextmanager
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from codemods.engines.python_parse import NEWLINE, UnreadableError, decode, parse, refuse_depth
from codemods.engines.python_positions import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import libcst as cst


class Edit(NamedTuple):
    """Replace ``text[start:end]``, almost always the empty range of an insertion."""

    start: int
    end: int
    text: str


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the garbage collector from walking a growing tree again and again; nothing in it is garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Source:
    """One parsed file.

    Args:
        data: The file.

    Raises:
        UnreadableError: It cannot be decoded or parsed, or is out of proportion.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.bom, self.encoding, self.text = decode(data)
        refuse_depth(self.text)
        with _without_collector():
            self.module = parse(self.text)
            tokens = Tokens(self.module)
            try:
                self.module._codegen(tokens)  # noqa: SLF001 - the public way keeps no positions
            except RecursionError:
                raise UnreadableError("an expression is nested too deeply to be edited safely") from None
        if "".join(tokens.tokens) != self.text:
            raise UnreadableError("the parser does not give this file back byte for byte")
        self._whole, self._inner = tokens.whole, tokens.inner
        self._offsets = [0, *accumulate(map(len, tokens.tokens))]
        self._lines = [0, *(match.end() for match in NEWLINE.finditer(self.text))]

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return start and end offset of a node with the white space, comments and brackets it owns."""
        start, end = self._whole[id(node)]
        return self._offset(start), self._offset(end)

    def inner(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return start and end offset of a node without leading lines, indentation, decorators and semicolon."""
        start, end = self._inner.get(id(node)) or self._whole[id(node)]
        return self._offset(start), self._offset(end)

    def _offset(self, token: int) -> int:
        return self._offsets[min(token, len(self._offsets) - 1)]

    def code(self, node: cst.CSTNode) -> str:
        """Return a node as written."""
        start, end = self.inner(node)
        return self.text[start:end]

    def line(self, offset: int) -> int:
        """Return the 1-based line of an offset."""
        return bisect_right(self._lines, offset)

    def line_start(self, offset: int) -> int:
        """Return the offset at which the line of ``offset`` starts."""
        return self._lines[self.line(offset) - 1]

    def line_end(self, offset: int) -> int:
        """Return the offset behind the newline of the line of ``offset``, or the end of the text."""
        line = self.line(offset)
        return self._lines[line] if line < len(self._lines) else len(self.text)

    def line_text(self, offset: int) -> str:
        """Return the line of ``offset`` with its newline."""
        return self.text[self.line_start(offset) : self.line_end(offset)]

    def newline(self, offset: int) -> str:
        """Return the newline in use at ``offset``; the file's first one where the line has none."""
        line = self.line_text(offset)
        match = NEWLINE.search(line) or NEWLINE.search(self.text)
        return match[0] if match else "\n"

    def indent(self, offset: int) -> str:
        """Return the white space between the start of the line and ``offset``."""
        return self.text[self.line_start(offset) : offset]

    def insert_line_after(self, offset: int, lines: Sequence[str]) -> Edit:
        """Return the edit that puts whole lines behind the line that ends at or holds ``offset``."""
        end = self.line_end(offset)
        newline = self.newline(offset)
        if NEWLINE.search(self.line_text(offset)):
            return Edit(end, end, "".join(line + newline for line in lines))
        return Edit(end, end, "".join(newline + line for line in lines))

    def insert_line_before(self, offset: int, lines: Sequence[str]) -> Edit:
        """Return the edit that puts whole lines above the line that holds ``offset``."""
        start = self.line_start(offset)
        newline = self.newline(offset)
        return Edit(start, start, "".join(line + newline for line in lines))

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """Return the file with the edits made.

        Raises:
            UnreadableError: Our text does not fit the file's encoding, the result does not parse,
                or taking the edits out again would not give the file back.
        """
        pieces: list[str] = []
        restored: list[str] = []
        position = 0
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            if edit.start < position:
                raise UnreadableError("two edits would overlap")
            kept = self.text[position : edit.start]
            pieces += [kept, edit.text]
            restored += [kept, self.text[edit.start : edit.end]]
            position = edit.end
        pieces.append(self.text[position:])
        restored.append(self.text[position:])
        try:
            after = self.bom + "".join(pieces).encode(self.encoding)
            before = self.bom + "".join(restored).encode(self.encoding)
        except UnicodeEncodeError:
            raise UnreadableError(
                f"the new lines cannot be written in the file's encoding, {self.encoding}"
            ) from None
        if before != self.data:
            raise UnreadableError("the edit could not be taken back byte for byte")
        try:
            read(after)
        except UnreadableError as error:
            raise UnreadableError(f"the edit would leave a file that does not parse ({error})") from None
        return after


@lru_cache(maxsize=8)
def read(data: bytes) -> Source:
    """Return a parsed file; the last few are kept, so that a chain of edits parses each version once.

    Raises:
        UnreadableError: See `Source`.
    """
    return Source(data)
