"""Bytes to text and to a LibCST tree, or the reason why not.

LibCST's parser is native code, so what it cannot bear is refused before it is asked.
https://libcst.readthedocs.io/en/latest/parser.html
"""

from __future__ import annotations

import io
import re
import tokenize
import warnings

import libcst as cst

# Above this size a file is data or generated; parsing it would take seconds.
MAX_BYTES = 1_000_000
# LibCST's native parser recurses and can exhaust the stack, which no `except` catches. CPython refuses
# more than 200 nested brackets and 100 indentations, so no file that runs comes near these limits.
MAX_NESTING = 200
MAX_ELIF = 2_000
# A chain like `a + a + …` on one line costs the square of its length.
MAX_OPERATORS = 1_000

_BOM = b"\xef\xbb\xbf"
NEWLINE = re.compile(r"\r\n|\r|\n")
_UNARY_RUN = re.compile(r"(?:[-+~][ \t]*){200}|(?:\bnot[ \t]+){200}|(?:\blambda:[ \t]*){200}")
_PYTHON_2 = re.compile(
    r"^[ \t]*(?:print[ \t]+[\"'\w]|exec[ \t]+[\"']|except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:|raise[ \t]+\w+[ \t]*,)",
    re.MULTILINE,
)
_OPENS_BLOCK = re.compile(r":[ \t]*(?:#.*)?$")


class UnreadableError(Exception):
    """The file cannot be edited; the message says why. It never leaves the engine."""


def decode(data: bytes) -> tuple[bytes, str, str]:
    """Return byte order mark, encoding and text of a file.

    Raises:
        UnreadableError: It cannot be decoded, or not be written back as it is.
    """
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


def refuse_depth(text: str) -> None:
    """Refuse text on which LibCST's parser would exhaust the stack or take minutes.

    Raises:
        UnreadableError: It is nested too deeply, or a line of it is too long.
    """
    if text.count("elif") > MAX_ELIF or _UNARY_RUN.search(text) or _nesting(text) > MAX_NESTING:
        raise UnreadableError("the code is nested too deeply to be edited safely")
    for number, line in enumerate(NEWLINE.split(text), 1):
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


def parse(text: str) -> cst.Module:
    """Parse a module.

    Raises:
        UnreadableError: It has a syntax error; with the line where that is certain.
    """
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        python_2 = _PYTHON_2.search(text)
        if python_2:
            line = text.count("\n", 0, python_2.start()) + 1
            raise UnreadableError(f"line {line} is Python 2, which is not supported") from None
        raise UnreadableError(_syntax_problem(text, error.raw_line)) from None
    except RecursionError:
        raise UnreadableError("the code is nested too deeply to be edited safely") from None


def _syntax_problem(text: str, stopped: int) -> str:
    """Return what is wrong with a file in which LibCST stopped; its own lines lie behind the mistake, or are 1."""
    line = _line_for_this_python(text)
    if line and _gets_further_without(text, line, stopped):
        return f"line {line} has a syntax error"
    return "the file has syntax that the parser does not know"


def _line_for_this_python(text: str) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<file>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return error.lineno or 0
        except (ValueError, MemoryError, RecursionError):
            pass
    return 0


def _gets_further_without(text: str, line: int, stopped: int) -> bool:
    """Whether LibCST, too, stops because of a line.

    The Python that runs this may be older than the source, and stop at syntax that is fine.
    """
    lines = re.split(f"({NEWLINE.pattern})", text)
    at = 2 * (line - 1)
    if at >= len(lines):
        return False
    written = lines[at]
    indent = written[: len(written) - len(written.lstrip(" \t"))]
    for instead in (f"{indent}if 1:" if _OPENS_BLOCK.search(written) else f"{indent}pass", ""):
        lines[at] = instead
        try:
            cst.parse_module("".join(lines))
        except cst.ParserSyntaxError as error:
            if error.raw_line > stopped > 1:
                return True
        except RecursionError:
            pass
        else:
            return True
    return False
