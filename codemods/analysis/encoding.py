"""Bytes of a source file to text, the way Python itself decodes them.

https://peps.python.org/pep-0263/
"""

from __future__ import annotations

import codecs
import re

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#|\r?$)")


class UnreadableSourceError(Exception):
    """The bytes are no text that a Python could read; the message says why."""


def decode(data: bytes) -> str:
    """Decode a source file the way Python does: byte order mark, coding cookie, UTF-8.

    Raises:
        UnreadableSourceError: The bytes do not fit the encoding.
    """
    if b"\x00" in data:
        raise UnreadableSourceError("contains null bytes")
    marked = data.startswith(codecs.BOM_UTF8)
    lines = data.split(b"\n", 2)
    cookie = _COOKIE.match(lines[0].removeprefix(codecs.BOM_UTF8))
    if not cookie and len(lines) > 1 and _BLANK.match(lines[0].removeprefix(codecs.BOM_UTF8)):
        cookie = _COOKIE.match(lines[1])
    name = cookie[1].decode("ascii", "replace") if cookie else "utf-8"
    if marked:
        name = "utf-8-sig"
    try:
        return data.decode(name)
    except LookupError:
        raise UnreadableSourceError(f"unknown encoding {name!r} in its coding cookie") from None
    except (UnicodeDecodeError, ValueError):
        detail = (
            f"is not {name}, as its coding cookie says" if cookie else "is not UTF-8 and has no coding cookie"
        )
        raise UnreadableSourceError(detail) from None
