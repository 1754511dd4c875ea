"""Services of a few lines that the tool itself is applied to, with the answers that it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codemods.operation import Options, Result, execute
from support.environments import environment
from support.running import Project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Applied(Project):
    """A service and what the tool said about it."""

    result: Result | None = None

    @property
    def warnings(self) -> str:
        """What the tool told the user, in one text."""
        return "\n".join(self.result.warnings if self.result else [])


def applied(directory: Path, files: Mapping[str, str], requirements: list[str], **options: Any) -> Applied:
    """Write a service, apply the tool to it, and install what its manifest then says.

    Args:
        directory: Where to; it is made.
        files: The service by path.
        requirements: What it needs before it is observed.
        options: The shared flags, by their names in Python.

    Raises:
        AssertionError: The tool did not do everything.
    """
    manifest = directory / "requirements.txt"
    for name, content in {**files, manifest.name: "\n".join([*requirements, ""])}.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    result = execute("apply", str(directory), {"sampling_rate": 1.0}, Options(defaults=True, **options))
    assert result.success, result.errors
    lines = [line.split(" #")[0].strip() for line in manifest.read_text(encoding="utf-8").splitlines()]
    python = environment([line for line in lines if line and not line.startswith("#")])
    return Applied(directory, python, "", result)
