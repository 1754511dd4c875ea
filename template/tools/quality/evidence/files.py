# mypy: disable-error-code="import-not-found,import-untyped"
"""Finds evidence and parses it safely: a file that is there and cannot be read is an error, never "no findings"."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import defusedxml
import defusedxml.ElementTree

from quality.documents import REPORT
from quality.errors import QualityError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

MEGABYTE = 1024 * 1024
LARGEST = 256 * MEGABYTE
_AGAIN = "Run the tool that writes it again, or remove the file."
# What this tool writes itself is not evidence: quality-report.sarif.json, quality-report.xml …
_OWN_START = PurePosixPath(REPORT).stem + "."


class EvidenceFile:
    """One file of evidence.

    Args:
        project: The project's directory.
        path: The file, absolute or relative to the working directory.
    """

    def __init__(self, project: Path, path: Path) -> None:
        self.project, self.path = project, path
        self.name = path.relative_to(project).as_posix()

    def content(self) -> bytes:
        """Return the bytes.

        Raises:
            QualityError: It cannot be read, is empty, or is larger than 256 MB.
        """
        try:
            size = self.path.stat().st_size
            content = self.path.read_bytes() if size <= LARGEST else b""
        except OSError as error:
            raise self.problem(error.strerror or "cannot be read") from None
        if size > LARGEST:
            raise self.problem(f"is larger than {LARGEST // MEGABYTE} MB")
        if not content.strip():
            raise self.problem("is empty: the tool that should have written it did not finish")
        return content

    def xml(self) -> Element:
        """Return the root element; entities are refused.

        Raises:
            QualityError: It cannot be read, or is not well-formed XML.
        """
        try:
            root: Element = defusedxml.ElementTree.fromstring(self.content())
        except defusedxml.DefusedXmlException as error:
            raise self.problem(f"holds XML that is refused ({type(error).__name__})") from None
        except (SyntaxError, ValueError, LookupError) as error:  # ParseError is a SyntaxError
            raise self.problem(f"is not well-formed XML: {error}") from None
        return root

    def json(self) -> Any:
        """Return the JSON value.

        Raises:
            QualityError: It cannot be read, or is not JSON.
        """
        return self._loads(self.content())

    def json_lines(self) -> list[Any]:
        """Return the JSON values of a file that has one a line, or only one in all.

        Raises:
            QualityError: It cannot be read, or is not JSON.
        """
        content = self.content()
        try:
            return [json.loads(content)]
        except (ValueError, RecursionError):
            return [self._loads(line) for line in content.splitlines() if line.strip()]

    def problem(self, what: str) -> QualityError:
        """Return an error about this file."""
        return QualityError(what, where=self.name, hint=_AGAIN)

    def relative(self, path: str) -> str:
        """Return a path of the evidence as it is from the project, with forward slashes.

        Args:
            path: A path or a ``file:`` URI, absolute or relative.
        """
        if path.startswith("file:"):
            path = unquote(urlsplit(path).path)
        found = Path(path.replace("\\", "/"))
        if found.is_absolute():
            root = self.project.resolve()
            return found.relative_to(root).as_posix() if found.is_relative_to(root) else found.as_posix()
        return PurePosixPath(found.as_posix()).as_posix()

    def _loads(self, text: bytes) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self.problem(f"is not valid JSON: {error}") from None


def find_evidence(project: Path, patterns: Iterable[str]) -> list[EvidenceFile]:
    """Return the files that match any pattern, sorted by name; what this tool writes itself is left out.

    Raises:
        QualityError: A pattern is not relative to the project.
    """
    found: set[Path] = set()
    for pattern in patterns:
        try:
            found.update(path for path in project.glob(pattern) if path.is_file())
        except (ValueError, NotImplementedError, IndexError):
            raise QualityError(
                f"`{pattern}` is not a pattern of paths in the project", where="evidence"
            ) from None
    return [EvidenceFile(project, path) for path in sorted(found) if not path.name.startswith(_OWN_START)]
