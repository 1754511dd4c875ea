"""A Python file as bytes, text and LibCST tree at once, and edits that leave every other byte alone.

LibCST only parses here. Edits are insertions into the text at offsets taken from the tree, so what is not ours
cannot change: encoding, BOM, newlines, tabs and blank lines are never generated again.
https://libcst.readthedocs.io/en/latest/nodes.html
"""

from __future__ import annotations

import gc
import io
import re
import tokenize
import warnings
from bisect import bisect_right
from contextlib import contextmanager
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import libcst as cst
from libcst._nodes.internal import CodegenState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Above this size a file is data or generated; parsing it would take seconds.
MAX_BYTES = 1_000_000
# LibCST's native parser recurses and can exhaust the stack, which no `except` catches. CPython refuses
# more than 200 nested brackets and 100 indentations, so no file that runs comes near these limits.
MAX_NESTING = 200
MAX_ELIF = 2_000
# A chain like `a + a + …` on one line costs the square of its length.
MAX_OPERATORS = 1_000

_BOM = b"\xef\xbb\xbf"
_NEWLINE = re.compile(r"\r\n|\r|\n")
_UNARY_RUN = re.compile(r"(?:[-+~][ \t]*){200}|(?:\bnot[ \t]+){200}|(?:\blambda:[ \t]*){200}")
_PYTHON_2 = re.compile(
    r"^[ \t]*(?:print[ \t]+[\"'\w]|exec[ \t]+[\"']|except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:|raise[ \t]+\w+[ \t]*,)",
    re.MULTILINE,
)


class UnreadableError(Exception):
    """The file cannot be edited; the message says why. It never leaves the engine."""


class Edit(NamedTuple):
    """Replace ``text[start:end]``, almost always the empty range of an insertion."""

    start: int
    end: int
    text: str


class _Tokens(CodegenState):
    """LibCST's code generation, listening: which tokens each node gave."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.whole: dict[int, tuple[int, int]] = {}
        self.inner: dict[int, tuple[int, int]] = {}
        self._starts: list[int] = []

    def before_codegen(self, node: cst.CSTNode) -> None:  # noqa: ARG002
        self._starts.append(len(self.tokens))

    def after_codegen(self, node: cst.CSTNode) -> None:
        self.whole[id(node)] = (self._starts.pop(), len(self.tokens))

    def record_syntactic_position(
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,  # noqa: ARG002 - LibCST's signature
        end_node: cst.CSTNode | None = None,  # noqa: ARG002
    ) -> Any:  # LibCST names a private class here
        return _Recording(self, node)


class _Recording:
    """What `contextlib.contextmanager` would make, at a third of the cost; every node enters one."""

    __slots__ = ("_node", "_start", "_state")

    def __init__(self, state: _Tokens, node: cst.CSTNode) -> None:
        self._state, self._node, self._start = state, node, len(state.tokens)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._state.inner[id(self._node)] = (self._start, len(self._state.tokens))


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
        self.bom, self.encoding, self.text = _decode(data)
        _refuse_depth(self.text)
        with _without_collector():
            self.module = _parse(self.text)
            tokens = _Tokens(self.module)
            try:
                self.module._codegen(tokens)  # noqa: SLF001 - the public way keeps no positions
            except RecursionError:
                raise UnreadableError("an expression is nested too deeply to be edited safely") from None
        if "".join(tokens.tokens) != self.text:
            raise UnreadableError("the parser does not give this file back byte for byte")
        self._whole, self._inner = tokens.whole, tokens.inner
        self._offsets = [0, *accumulate(map(len, tokens.tokens))]
        self._lines = [0, *(match.end() for match in _NEWLINE.finditer(self.text))]

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
        match = _NEWLINE.search(line) or _NEWLINE.search(self.text)
        return match[0] if match else "\n"

    def indent(self, offset: int) -> str:
        """Return the white space between the start of the line and ``offset``."""
        return self.text[self.line_start(offset) : offset]

    def insert_line_after(self, offset: int, lines: Sequence[str]) -> Edit:
        """Return the edit that puts whole lines behind the line that ends at or holds ``offset``."""
        end = self.line_end(offset)
        newline = self.newline(offset)
        if _NEWLINE.search(self.line_text(offset)):
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


def _decode(data: bytes) -> tuple[bytes, str, str]:
    if len(data) > MAX_BYTES:
        raise UnreadableError(
            f"the file has {len(data):,} bytes, more than the {MAX_BYTES:,} that are edited"
        )
    if b"\0" in data:
        raise UnreadableError("the file contains null bytes")
    bom = _BOM if data.startswith(_BOM) else b""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        raise UnreadableError(f"the file's encoding is not usable: {error.msg}") from None
    if bom:
        encoding = "utf-8"
    body = data[len(bom) :]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"line {line} is not valid {encoding}") from None
    if text.encode(encoding) != body:
        raise UnreadableError(f"the file cannot be written back byte for byte in its encoding, {encoding}")
    return bom, encoding, text


def _refuse_depth(text: str) -> None:
    if text.count("elif") > MAX_ELIF or _UNARY_RUN.search(text) or _nesting(text) > MAX_NESTING:
        raise UnreadableError("the code is nested too deeply to be edited safely")
    for number, line in enumerate(_NEWLINE.split(text), 1):
        if len(line) > MAX_OPERATORS and sum(map(line.count, ".+-*/|&")) > MAX_OPERATORS:
            raise UnreadableError(f"line {number} is too long to be edited safely")


def _nesting(text: str) -> int:
    """Return an upper bound of the nesting of brackets; exact where the quick count is suspicious."""
    depth = deepest = 0
    for bracket in re.findall(r"[()\[\]{}]", text):
        depth = depth + 1 if bracket in "([{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    if deepest <= MAX_NESTING:
        return deepest
    depth = deepest = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.OP and token.string in "([{":
                depth += 1
                deepest = max(deepest, depth)
            elif token.type == tokenize.OP and token.string in ")]}":
                depth -= 1
    except (tokenize.TokenError, SyntaxError):
        return deepest
    return deepest


def _parse(text: str) -> cst.Module:
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError:
        python_2 = _PYTHON_2.search(text)
        if python_2:
            line = text.count("\n", 0, python_2.start()) + 1
            raise UnreadableError(f"line {line} is Python 2, which is not supported") from None
        raise UnreadableError(_syntax_problem(text)) from None
    except RecursionError:
        raise UnreadableError("the code is nested too deeply to be edited safely") from None


def _syntax_problem(text: str) -> str:
    """Return what is wrong with a file that LibCST does not parse; its own positions are several lines off."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<file>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return f"line {error.lineno} has a syntax error"
        except (ValueError, MemoryError, RecursionError):
            pass
    return "the file has syntax that the parser does not know"
