"""Where an import of ours goes in a file, and under which name, so that the file's linters stay quiet.

The order is the one of isort's default profile, which ruff's ``I`` rules share; the file's own sections win over it.
https://docs.astral.sh/ruff/rules/unsorted-imports/
https://docs.astral.sh/ruff/rules/module-import-not-at-top-of-file/
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engines.python_scopes import dotted, runs_at_import
from codemods.engines.python_source import Edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.engines.python_names import Names
    from codemods.engines.python_scopes import Scope

_FUTURE, _STDLIB, _THIRD, _OWN, _RELATIVE = range(5)
_NOQA = re.compile(r"#\s*noqa(?!:)|#\s*noqa:[^#]*\bE402\b", re.IGNORECASE)
_DEFAULT_WIDTH = 88
_WIDEST = 120


@dataclass
class ImportLine:
    """A line of imports at the top level of the module."""

    node: cst.SimpleStatementLine
    start: int
    end: int
    is_from: bool
    rank: int
    key: tuple[int, str]
    statement: cst.Import | cst.ImportFrom


@dataclass
class ImportPlan:
    """How the imported names are called in the file, and the edits that bring them in."""

    local: dict[str, str]
    edits: list[Edit]


def plan_imports(names: Names, module: str, wanted: Sequence[str], *, scope: Scope, use: int) -> ImportPlan:
    """Plan how names of a module come into a file.

    Args:
        names: The file.
        module: The module to import from.
        wanted: Names in it.
        scope: The scope that uses them.
        use: Offset of the first use; at module level the import has to stand above it.

    Returns:
        The local name of each wanted name, and the edits; no edits for what is imported already.
    """
    local: dict[str, str] = {}
    plain: list[str] = []
    renamed: list[str] = []
    for name in wanted:
        known = _known_name(names, f"{module}.{name}", scope, use)
        local[name] = known or _free_name(names, name, scope)
        if known:
            continue
        (plain if local[name] == name else renamed).append(name)
    edits: list[Edit] = []
    placing = _Placing(names, module, use if runs_at_import(scope) else len(names.source.text))
    if plain:
        edits += placing.extend(plain) or placing.place(", ".join(sorted(plain, key=_member_key)))
    for name in renamed:
        edits += placing.place(f"{name} as {local[name]}")
    return ImportPlan(local, edits)


def _known_name(names: Names, origin: str, scope: Scope, use: int) -> str:
    for candidate in scope.chain():
        for name, bindings in candidate.bindings.items():
            for binding in bindings:
                if not binding.imported or binding.typing_only or binding.origin != origin:
                    continue
                early = names.source.inner(binding.node)[0] < use
                late = not early and (candidate is scope or runs_at_import(scope))
                if not late and names.resolve(cst.Name(name), scope) == {origin}:
                    return name
    return ""


def _free_name(names: Names, name: str, scope: Scope) -> str:
    while names.bound(name, scope):
        name += "_"
    return name


class _Placing:
    def __init__(self, names: Names, module: str, limit: int) -> None:
        self.names, self.source, self.module, self.limit = names, names.source, module, limit
        self.relative = _relative_form(names, module)
        self.written = self.relative or module
        self.rank = _RELATIVE if self.relative else _OWN
        self.key = _key(self.written)
        self.roots = {module.split(".", maxsplit=1)[0], *names.context.first_party} - {""}
        self.boundary = limit
        self.path_change = -1
        self.blocks: list[list[list[ImportLine]]] = []
        self._read_blocks()

    def _read_blocks(self) -> None:
        open_block = False
        for index, statement in enumerate(self.names.source.module.body):
            start = self.source.inner(statement)[0]
            if start >= self.limit:
                return
            line = self._import_line(statement)
            if line is None:
                open_block = False
                code = self.source.code(statement)
                definition = isinstance(statement, (cst.FunctionDef, cst.ClassDef))
                if not definition and ("sys.path" in code or "addsitedir" in code):
                    self.path_change = start
                elif not _is_docstring(statement, index) and not _keeps_header(statement, code):
                    self.boundary = min(self.boundary, start)
                continue
            blank = any(not leading.comment for leading in line.node.leading_lines)
            if not open_block:
                self.blocks.append([[line]])
            elif blank:
                self.blocks[-1].append([line])
            else:
                self.blocks[-1][-1].append(line)
            open_block = True

    def _import_line(self, statement: cst.CSTNode) -> ImportLine | None:
        if not isinstance(statement, cst.SimpleStatementLine):
            return None
        first = statement.body[0]
        if not all(isinstance(small, (cst.Import, cst.ImportFrom)) for small in statement.body):
            return None
        if not isinstance(first, (cst.Import, cst.ImportFrom)):
            return None
        start = self.source.inner(first)[0]
        end = self.source.line_end(self.source.inner(statement.body[-1])[1])
        if isinstance(first, cst.Import):
            written = ".".join(dotted(first.names[0].name))
        else:
            written = "." * len(first.relative) + (".".join(dotted(first.module)) if first.module else "")
        return ImportLine(
            statement,
            start,
            end,
            isinstance(first, cst.ImportFrom),
            self._rank(written),
            _key(written),
            first,
        )

    def _rank(self, written: str) -> int:
        root = written.split(".", maxsplit=1)[0]
        if written.startswith("."):
            return _RELATIVE
        if root == "__future__":
            return _FUTURE
        if root in self.roots:
            return _OWN
        return _STDLIB if root in sys.stdlib_module_names else _THIRD

    def extend(self, wanted: Sequence[str]) -> list[Edit]:
        """Add names to an import of the same module, which isort would otherwise ask to merge."""
        for line in (line for block in self.blocks for group in block for line in group):
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
            alias for alias in aliases if _member_key(".".join(dotted(alias.name))) > _member_key(wanted)
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
        block = self._block()
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
        groups = [group for block in self.blocks for group in block]
        for group in groups:
            if any(line.rank == self.rank for line in group):
                return group
        if self.names.context.package or self.names.context.first_party or self.relative:
            return []
        # In a flat layout nothing tells a module of the project from a library, except that
        # somebody kept the two apart.
        foreign = [group for group in groups if all(line.rank == _THIRD for line in group)]
        return foreign[-1] if len(foreign) > 1 and foreign[-1][0].start > self.path_change else []

    def _into_group(self, group: list[ImportLine], lines: list[str]) -> Edit:
        kinds = [line.is_from for line in group]
        mixed = kinds != sorted(kinds)
        peers = group if mixed else [line for line in group if line.is_from]
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
        if line.start < self.boundary or not _NOQA.search(self.source.text[line.start : line.end]):
            return lines
        return [f"{lines[0]}  # noqa: E402", *lines[1:]]

    def _block(self) -> list[list[ImportLine]]:
        early = [block for block in self.blocks if block[0][0].start < self.boundary]
        if self.path_change >= 0:
            late = [block for block in self.blocks if block[0][0].start > self.path_change]
            early_and_late = [block for block in late if block in early]
            return (early_and_late or late or [[]])[-1]
        return early[-1] if early else []

    def _new_section(self, block: list[list[ImportLine]], lines: list[str]) -> Edit:
        lower = [group for group in block if max(line.rank for line in group) <= self.rank]
        if lower:
            return self._behind(lower[-1][-1], lines, blank=True)
        return self.source.insert_line_before(block[0][0].start, [*self._silenced(block[0][0], lines), ""])

    def _without_imports(self, lines: list[str]) -> Edit:
        body = self.source.module.body
        if self.path_change >= 0:
            changes = [statement for statement in body if self.source.inner(statement)[0] == self.path_change]
            end = self.source.span(changes[0])[1]
            return self.source.insert_line_after(max(end - 1, 0), ["", *lines])
        first = body[0]
        if _is_docstring(first, 0) and isinstance(first, cst.SimpleStatementLine):
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


def _relative_form(names: Names, module: str) -> str:
    """Return the relative form of a module where the file's own imports are mostly relative; else nothing."""
    context = names.context
    own = [node for node, _ in names.imports if isinstance(node, cst.ImportFrom)]
    relative = sum(1 for node in own if node.relative)
    root = module.split(".", maxsplit=1)[0]
    absolute = sum(1 for node in own if not node.relative and node.module and dotted(node.module)[0] == root)
    if not relative or relative < absolute:
        return ""
    here = context.module.split(".") if context.is_package else context.module.split(".")[:-1]
    there = module.split(".")
    common = 0
    while common < min(len(here), len(there)) and here[common] == there[common]:
        common += 1
    if not common:
        return ""
    return "." * (len(here) - common + 1) + ".".join(there[common:])


def _key(written: str) -> tuple[int, str]:
    name = written.lstrip(".")
    return len(name) - len(written), name.lower()


def _member_key(name: str) -> tuple[int, str]:
    """Order constants, then classes, then the rest, as isort's ``order_by_type`` does."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower()


def _is_docstring(statement: cst.CSTNode, index: int) -> bool:
    return (
        index == 0
        and isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
    )


def _keeps_header(statement: cst.CSTNode, code: str) -> bool:
    """Whether imports below a statement still count as being at the top of the file."""
    if isinstance(statement, (cst.If, cst.Try, cst.TryStar, cst.With)):
        return True
    return bool(re.match(r"__\w+__\s*[:=]|os\.environ\b|matplotlib\.use\(|pytest\.importorskip\(", code))
