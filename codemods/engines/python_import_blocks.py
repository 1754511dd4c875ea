"""The imports at the top level of a file, as blocks and sections, and where imports may still stand.

https://docs.astral.sh/ruff/rules/module-import-not-at-top-of-file/
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engines.python_scopes import dotted

if TYPE_CHECKING:
    from codemods.engines.python_source import Source

FUTURE, STDLIB, THIRD, OWN, RELATIVE = range(5)


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


class ImportBlocks:
    """What stands at the top level above ``limit``.

    Args:
        source: The file.
        own: Top-level names of the project's own modules.
        limit: Offset above which a new import has to stand.
        root: The directory that the file's own package is imported from; empty when that is not known.

    Attributes:
        blocks: Imports with nothing else between them; each block in the sections that blank lines make.
        boundary: Where code starts, below which linters ask for imports no longer.
        path_change: Where the code changes ``sys.path``, so that imports of its own work below only; -1 for nowhere.
    """

    def __init__(self, source: Source, own: set[str], limit: int, *, root: str = "") -> None:
        self.source, self.own, self.limit, self.root = source, own, limit, root
        self.boundary = limit
        self.path_change = -1
        self.blocks: list[list[list[ImportLine]]] = []
        self._read()

    def _read(self) -> None:
        open_block = False
        for index, statement in enumerate(self.source.module.body):
            start = self.source.inner(statement)[0]
            if start >= self.limit:
                return
            line = self._import_line(statement)
            if line is None:
                open_block = False
                code = self.source.code(statement)
                definition = isinstance(statement, (cst.FunctionDef, cst.ClassDef))
                if not definition and _leads_to_package(code, self.root):
                    self.path_change = start
                elif not is_docstring(statement, index) and not _keeps_header(statement, code):
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
            module_key(written),
            first,
        )

    def _rank(self, written: str) -> int:
        root = written.split(".", maxsplit=1)[0]
        if written.startswith("."):
            return RELATIVE
        if root == "__future__":
            return FUTURE
        if root in self.own:
            return OWN
        return STDLIB if root in sys.stdlib_module_names else THIRD

    def sections(self) -> list[list[ImportLine]]:
        """Return the sections of all blocks, in order."""
        return [section for block in self.blocks for section in block]

    def last(self) -> list[list[ImportLine]]:
        """Return the block that new imports belong to; empty when there is none."""
        early = [block for block in self.blocks if block[0][0].start < self.boundary]
        if self.path_change >= 0:
            late = [block for block in self.blocks if block[0][0].start > self.path_change]
            early_and_late = [block for block in late if block in early]
            return (early_and_late or late or [[]])[-1]
        return early[-1] if early else []


def module_key(written: str) -> tuple[int, str]:
    """Order modules as isort does: relative ones by their dots, then by name."""
    name = written.lstrip(".")
    return len(name) - len(written), name.lower()


def is_docstring(statement: cst.CSTNode, index: int) -> bool:
    """Whether a statement of the module, by its position, is the docstring."""
    return (
        index == 0
        and isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
    )


def _leads_to_package(code: str, root: str) -> bool:
    """Whether a statement changes ``sys.path`` so that the package can be imported only below it.

    A folder of another name than the import root's adds modules, but not the package that the file itself is of.
    """
    if "sys.path" not in code and "addsitedir" not in code:
        return False
    written = re.findall(r"[\"']([^\"'\n]+)[\"']", code) if root else []
    folders = {text.strip("/").rpartition("/")[2] for text in written if re.match(r"\w", text)}
    return not folders or root.rpartition("/")[2] in folders


def _keeps_header(statement: cst.CSTNode, code: str) -> bool:
    """Whether imports below a statement still count as being at the top of the file."""
    if isinstance(statement, (cst.If, cst.Try, cst.TryStar, cst.With)):
        return True
    return bool(re.match(r"__\w+__\s*[:=]|os\.environ\b|matplotlib\.use\(|pytest\.importorskip\(", code))
