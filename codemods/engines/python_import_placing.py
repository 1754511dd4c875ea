"""Where an import of ours goes in a file, so that the file's linters stay quiet.

The order is the one of isort's default profile, which ruff's ``I`` rules share; the file's own sections win over it.
https://docs.astral.sh/ruff/rules/unsorted-imports/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engines.python_import_blocks import (
    OWN,
    RELATIVE,
    THIRD,
    ImportBlocks,
    ImportLine,
    is_docstring,
    module_key,
)
from codemods.engines.python_scopes import dotted
from codemods.engines.python_source import Edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.engines.python_names import Names

_NOQA = re.compile(r"#\s*noqa(?!:)|#\s*noqa:[^#]*\bE402\b", re.IGNORECASE)
_DEFAULT_WIDTH = 88
_WIDEST = 120


class Placing:
    """Places imports of one module in one file.

    Args:
        names: The file.
        module: The module to import from.
        written: The module as the import names it, relative where the file does so.
        limit: Offset above which the import has to stand.
    """

    def __init__(self, names: Names, module: str, written: str, limit: int) -> None:
        self.names, self.source, self.module, self.written = names, names.source, module, written
        self.relative = written.startswith(".")
        self.rank = RELATIVE if self.relative else OWN
        self.key = module_key(written)
        own = {module.split(".", maxsplit=1)[0], *names.context.first_party} - {""}
        self.blocks = ImportBlocks(names.source, own, limit, root=names.context.import_root)

    def extend(self, wanted: Sequence[str]) -> list[Edit]:
        """Add names to an import of the same module, which isort would otherwise ask to merge."""
        for line in (line for section in self.blocks.sections() for line in section):
            node = line.statement
            if (
                len(line.node.body) != 1
                or not isinstance(node, cst.ImportFrom)
                or isinstance(node.names, cst.ImportStar)
            ):
                continue
            if self.names.absolute(node) == self.module and not any(alias.asname for alias in node.names):
                return [self._extended(node, name) for name in wanted]
        return []

    def _extended(self, node: cst.ImportFrom, wanted: str) -> Edit:
        aliases = list(node.names) if not isinstance(node.names, cst.ImportStar) else []
        following = [
            alias for alias in aliases if member_key(".".join(dotted(alias.name))) > member_key(wanted)
        ]
        first_line = self.source.line(self.source.inner(node)[0])
        starts = [self.source.inner(alias.name)[0] for alias in aliases]
        own_lines = (
            all(self.source.indent(start).isspace() for start in starts)
            and self.source.line(starts[0]) > first_line
        )
        if following:
            at = self.source.inner(following[0].name)[0]
            if own_lines:
                return self.source.insert_line_before(at, [f"{self.source.indent(at)}{wanted},"])
            return Edit(at, at, f"{wanted}, ")
        end = self.source.inner(aliases[-1].name)[1]
        if own_lines and isinstance(aliases[-1].comma, cst.Comma):
            return self.source.insert_line_after(end, [f"{self.source.indent(starts[-1])}{wanted},"])
        if own_lines:
            newline = self.source.newline(starts[0])
            return Edit(end, end, f",{newline}{self.source.indent(starts[-1])}{wanted}")
        return Edit(end, end, f", {wanted}")

    def place(self, imported: str) -> list[Edit]:
        """Put a new import line into the file's order."""
        lines = self._lines(imported)
        group = self._own_group()
        if group:
            return [self._into_group(group, lines)]
        block = self.blocks.last()
        if block:
            return [self._new_section(block, lines)]
        return [self._without_imports(lines)]

    def _lines(self, imported: str) -> list[str]:
        line = f"from {self.written} import {imported}"
        width = max((len(each) for each in self.source.text.splitlines()), default=0)
        if len(line) <= max(_DEFAULT_WIDTH, min(width, _WIDEST)):
            return [line]
        members = [f"    {member}," for member in imported.split(", ")]
        return [f"from {self.written} import (", *members, ")"]

    def _own_group(self) -> list[ImportLine]:
        groups = self.blocks.sections()
        for group in groups:
            if any(line.rank == self.rank for line in group):
                return group
        if self.names.context.package or self.names.context.first_party or self.relative:
            return []
        # In a flat layout nothing tells a module of the project from a library, except that
        # somebody kept the two apart.
        foreign = [group for group in groups if all(line.rank == THIRD for line in group)]
        return foreign[-1] if len(foreign) > 1 and foreign[-1][0].start > self.blocks.path_change else []

    def _into_group(self, group: list[ImportLine], lines: list[str]) -> Edit:
        kinds = [line.is_from for line in group]
        mixed = kinds != sorted(kinds)
        peers = group if mixed else [line for line in group if line.is_from]
        keys = [line.key for line in peers]
        if keys != sorted(keys):
            # Nothing sorts these imports: the project's own ones are the best company.
            peers = [line for line in peers if line.rank == self.rank] or peers
        before = [line for line in peers if line.key <= self.key]
        if before:
            return self._behind(before[-1], lines)
        if peers:
            lines = self._silenced(peers[0], lines)
            return self.source.insert_line_before(peers[0].start, lines)
        return self._behind(group[-1], lines)

    def _behind(self, line: ImportLine, lines: list[str], *, blank: bool = False) -> Edit:
        lines = self._silenced(line, lines)
        at = self.source.inner(line.node.body[-1])[1]
        return self.source.insert_line_after(at, ["", *lines] if blank else lines)

    def _silenced(self, line: ImportLine, lines: list[str]) -> list[str]:
        """Repeat the neighbour's ``noqa: E402`` where imports stand below code on purpose."""
        if line.start < self.blocks.boundary or not _NOQA.search(self.source.text[line.start : line.end]):
            return lines
        return [f"{lines[0]}  # noqa: E402", *lines[1:]]

    def _new_section(self, block: list[list[ImportLine]], lines: list[str]) -> Edit:
        lower = [group for group in block if max(line.rank for line in group) <= self.rank]
        if lower:
            return self._behind(lower[-1][-1], lines, blank=True)
        return self.source.insert_line_before(block[0][0].start, [*self._silenced(block[0][0], lines), ""])

    def _without_imports(self, lines: list[str]) -> Edit:
        body = self.source.module.body
        if self.blocks.path_change >= 0:
            changes = [
                statement for statement in body if self.source.inner(statement)[0] == self.blocks.path_change
            ]
            end = self.source.span(changes[0])[1]
            if self.blocks.boundary < self.blocks.path_change:
                lines = [f"{lines[0]}  # noqa: E402", *lines[1:]]
            return self.source.insert_line_after(max(end - 1, 0), ["", *lines])
        first = body[0]
        if is_docstring(first, 0) and isinstance(first, cst.SimpleStatementLine):
            at = self.source.inner(first.body[0])[1]
            blanks = self._blank_lines(self.source.line_end(at))
            needed = 2 if len(body) > 1 and isinstance(body[1], (cst.FunctionDef, cst.ClassDef)) else 1
            return self.source.insert_line_after(at, ["", *lines, *[""] * max(needed - blanks, 0)])
        start = self._below_header_comments()
        needed = 2 if isinstance(first, (cst.FunctionDef, cst.ClassDef)) else 1
        return self.source.insert_line_before(
            start, [*lines, *[""] * max(needed - self._blank_lines(start), 0)]
        )

    def _below_header_comments(self) -> int:
        """Return where code may start: below shebang, coding cookie, and comments that a blank line sets apart."""
        below = position = number = 0
        while position < len(self.source.text):
            line = self.source.line_text(position)
            if line.strip() and not line.lstrip().startswith("#"):
                break
            position = self.source.line_end(position)
            if not line.strip() or (number < 2 and re.match(r"#!|#.*coding[:=]", line)):  # noqa: PLR2004 - PEP 263
                below = position
            number += 1
        return below

    def _blank_lines(self, offset: int) -> int:
        count = 0
        while offset < len(self.source.text) and not self.source.line_text(offset).strip():
            count += 1
            offset = self.source.line_end(offset)
        return count


def member_key(name: str) -> tuple[int, str]:
    """Order constants, then classes, then the rest, as isort's ``order_by_type`` does."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower()
