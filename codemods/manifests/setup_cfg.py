"""``setup.cfg``: ``install_requires`` under ``[options]``.

https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
"""

from __future__ import annotations

import configparser
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.manifests.model import (
    CannotEditError,
    Declared,
    Read,
    Requested,
    Role,
    canonical_set,
    from_requirement,
)
from codemods.manifests.text import (
    BOM,
    apply_insertions,
    cut_lines,
    insertion_of_lines,
    lines_of,
    places,
    without_newline,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SECTION = re.compile(r"\[([^\]]+)\]")
_KEY = re.compile(r"([^\s:=#;\[][^:=]*?)\s*[:=][ \t]*")


@dataclass(frozen=True)
class _Item:
    """One requirement of the list and its offsets; ``line_end`` is behind the line ending."""

    text: str
    start: int
    end: int
    line_start: int
    line_end: int


@dataclass(frozen=True)
class _List:
    """``install_requires`` as it stands in the file: its items, and whether they share the line of the key."""

    items: tuple[_Item, ...]
    key_line_end: int
    in_line: bool


class SetupCfg:
    """Reads and writes ``setup.cfg``."""

    def declared(self, source: bytes, path: str, read: Read) -> list[Declared]:  # noqa: ARG002 - it includes no files
        """Return ``install_requires``, then the extras."""
        config = _parsed(source)
        found = list(_requirements(config.get("options", "install_requires", fallback=""), path, "runtime"))
        if config.has_section("options.extras_require"):
            for _, value in config.items("options.extras_require"):
                found += _requirements(value, path, "other")
        return found

    def insert(self, source: bytes, requirements: Sequence[Requested]) -> bytes:
        """Return the file with the requirements added to ``install_requires``.

        Raises:
            CannotEditError: The list is read from a file, or the file is no valid configuration.
        """
        config = _parsed(source)
        if config.get("options", "install_requires", fallback="").startswith(("file:", "attr:")):
            raise CannotEditError("its install_requires is read from another file")
        text = source.decode("latin-1")
        new = [one.text for one in requirements]
        found = _find(text)
        if found is None:
            offset = _options_end(text)
            heading = ["install_requires ="] if offset is not None else ["[options]", "install_requires ="]
            at = len(text) if offset is None else offset
            lines = [*heading, *(f"    {line}" for line in sorted(new, key=str.lower))]
            return _encoded(apply_insertions(text, [(at, insertion_of_lines(text, at, lines))]))
        return _encoded(apply_insertions(text, list(_insertions(text, found, requirements))))

    def remove(self, source: bytes, names: Sequence[str]) -> bytes:
        """Return the file without these packages in ``install_requires``."""
        gone = canonical_set(names)
        text = source.decode("latin-1")
        while found := _find(text):
            index = next((i for i, item in enumerate(found.items) if _name(item.text) in gone), None)
            if index is None:
                break
            item = found.items[index]
            if not found.in_line:
                text = cut_lines(text, item.line_start, item.line_end)
            elif index:
                text = text[: found.items[index - 1].end] + text[item.end :]
            else:
                text = text[: item.start] + text[found.items[1].start if len(found.items) > 1 else item.end :]
        return _encoded(text)

    def entry(self, source: bytes, one: Requested) -> str:  # noqa: ARG002 - the same in every file
        """Return one requirement as a line of this file."""
        return f"    {one.text}"

    def snippet(self, source: bytes, requirements: Sequence[Requested]) -> str:
        """Return the lines to paste."""
        return "\n".join(
            ["[options]", "install_requires =", *(self.entry(source, one) for one in requirements)]
        )


def _insertions(text: str, found: _List, requirements: Sequence[Requested]) -> Iterator[tuple[int, str]]:
    written = {one.name: one.text for one in requirements}
    named = [item for item in found.items if _name(item.text)]
    after: dict[int, list[str]] = {}
    for index, name in places([_written_name(item.text) for item in named], list(written)):
        after.setdefault(index, []).append(written[name])
    for index, new in after.items():
        if found.in_line:
            if any(";" in line for line in new):
                raise CannotEditError("its install_requires is one line, where a marker cannot stand")
            item = named[max(index, 0)]
            yield (
                (item.start, "".join(f"{line}; " for line in new))
                if index < 0
                else (
                    item.end,
                    "".join(f"; {line}" for line in new),
                )
            )
            continue
        offset = named[index].line_end if named and index >= 0 else found.key_line_end
        indent = text[named[0].line_start : named[0].start] if named else "    "
        yield offset, insertion_of_lines(text, offset, [indent + line for line in new])


def _find(text: str) -> _List | None:
    """Return where ``install_requires`` stands; None when there is none."""
    section = ""
    lines = list(_with_offsets(text))
    for number, (start, line) in enumerate(lines):
        if match := _SECTION.match(line):
            section = match.group(1)
        key = _KEY.match(line) if section == "options" else None
        if key and key.group(1).lower().replace("-", "_") == "install_requires":
            value = without_newline(line[key.end() :])
            if value.strip():
                return _List(
                    tuple(_in_line(value, start + key.end(), start, line)), start + len(line), in_line=True
                )
            return _List(tuple(_below(lines[number + 1 :])), start + len(line), in_line=False)
    return None


def _below(lines: Sequence[tuple[int, str]]) -> Iterator[_Item]:
    for start, line in lines:
        body = without_newline(line)
        if body.strip() and not body[0].isspace() and body[0] not in "#;":
            return
        text = body.strip()
        if text and text[0] not in "#;":
            begin = start + len(body) - len(body.lstrip())
            yield _Item(text, begin, begin + len(text), start, start + len(line))


def _in_line(value: str, offset: int, start: int, line: str) -> Iterator[_Item]:
    for part in value.split(";"):
        text = part.strip()
        if text:
            begin = offset + len(part) - len(part.lstrip())
            yield _Item(text, begin, begin + len(text), start, start + len(line))
        offset += len(part) + 1


def _options_end(text: str) -> int | None:
    """Return where a further key goes in ``[options]``: behind its last line; None when there is no such section."""
    section, end = "", None
    for start, line in _with_offsets(text):
        if match := _SECTION.match(line):
            section = match.group(1)
        if section == "options" and line.strip() and not line.lstrip().startswith(("#", ";")):
            end = start + len(line)
    return end


def _with_offsets(text: str) -> Iterator[tuple[int, str]]:
    mark = len(BOM.encode()) if text.startswith(BOM.encode().decode("latin-1")) else 0
    start = mark
    for line in lines_of(text[mark:]):
        yield start, line
        start += len(line)


def _requirements(value: str, path: str, role: Role) -> Iterator[Declared]:
    for line in value.splitlines() if "\n" in value else value.split(";"):
        text = line.strip()
        if text and not text.startswith("#") and (found := from_requirement(text, path, role)):
            yield found


def _parsed(source: bytes) -> configparser.RawConfigParser:
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read_string(source.decode("utf-8-sig", "replace"))
    except configparser.Error as error:
        raise CannotEditError(f"it is no valid configuration file: {str(error).splitlines()[0]}") from error
    return config


def _name(text: str) -> str:
    found = from_requirement(text, "")
    return found.name if found else ""


def _written_name(text: str) -> str:
    return re.split(r"[\s\[<>=!~;@(]", text, maxsplit=1)[0]


def _encoded(text: str) -> bytes:
    return text.encode("latin-1")
