"""A small project with the quality tool in it, run as its users run it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COVERED = """def price(number: int) -> int:
    if number > 3:
        return 1
    return 2
"""
TEST = """from shop.prices import price


def test_price() -> None:
    assert price(1) == 2
    assert price(4) == 1
"""


@dataclass
class QualityProject:
    """A project in a git repository."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, message: str = "Change") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--no-verify", "-m", message)
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", *who, *arguments]
        return subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True).stdout

    def python(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run this test's interpreter in the project."""
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("QUALITY_", "PYTEST_"))
        }
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=clean | {"PYTHONPATH": "."} | self.environment,
            check=check,
            capture_output=True,
            text=True,
        )

    def quality(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``python tools/quality``."""
        return self.python("tools/quality", *arguments, check=False)

    def test_with_coverage(self) -> None:
        """Run the project's tests, with the evidence that a pipeline keeps."""
        run = [
            "-m",
            "coverage",
            "run",
            "--branch",
            "--source",
            "shop",
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
        ]
        self.python(*run, "--junitxml=reports/junit.xml", check=False)
        self.python("-m", "coverage", "xml", "-q", "-o", "reports/coverage.xml")
        lint = ["-m", "ruff", "check", "--no-cache", "--exit-zero", "--output-format", "sarif"]
        self.python(*lint, "-o", "reports/ruff.sarif", "shop", "tests")
