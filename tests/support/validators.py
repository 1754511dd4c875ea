"""The real validators of rendered files: each takes many files at once, and says what it found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BIN = Path(sys.executable).parent
# Shell lines are as long as they are, and GitHub's key `on` is no boolean; the rest is yamllint's own opinion of YAML.
_YAMLLINT = """{extends: default, rules: {line-length: disable, document-start: disable, truthy: {check-keys: false},
comments: {min-spaces-from-content: 1}}}"""


def _run(*command: str | Path) -> str:
    """Run a validator; return what it found, and an empty text when all is well.

    Raises:
        FileNotFoundError: It is not installed: the dependency group ``validators``.
    """
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    result = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, env=environment, check=False
    )
    return "" if result.returncode == 0 else f"{result.stdout}\n{result.stderr}".strip() or "it failed"


def actionlint(workflows: Iterable[Path]) -> str:
    """GitHub's workflow syntax, expressions, the inputs of known actions, and shellcheck on every script."""
    return _run(BIN / "actionlint", "-oneline", "-shellcheck", BIN / "shellcheck", *workflows)


def zizmor(workflows: Iterable[Path]) -> str:
    """Security of workflows and of Dependabot's settings, with its strictest persona; suppressions are comments in the file."""
    return _run(BIN / "zizmor", "--offline", "--no-progress", "--persona", "auditor", *workflows)


def schema(name: str, files: Iterable[Path]) -> str:
    """One of check-jsonschema's built-in schemas, such as ``vendor.github-workflows``."""
    return _run(BIN / "check-jsonschema", "--builtin-schema", name, *files)


def yamllint(files: Iterable[Path]) -> str:
    """The layout of YAML: indentation, duplicate keys, trailing spaces."""
    return _run(BIN / "yamllint", "--strict", "-d", _YAMLLINT, *files)
