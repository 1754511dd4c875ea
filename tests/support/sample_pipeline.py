"""A sample with a rendered pipeline, as the git repository that a provider would run it in."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from codemods.api import invoke

EXAMPLES = Path(__file__).parents[2] / "examples"
FAILING_TEST = """

def test_that_fails() -> None:
    assert 1 + 1 == 3, "arithmetic is broken"
"""
_IGNORED = ".venv/\n.quality/\nreports/\nnode_modules/\n.gitlab-ci-local/\n__pycache__/\n.coverage\n*.db\n"


class SamplePipeline:
    """A copy of a sample, committed twice: as it is, and with the pipeline.

    Args:
        sample: A folder of ``examples/``.
        root: Where to; it is made.
        operation: What renders the pipeline, such as ``generate_gitlab_ci``.
    """

    def __init__(self, sample: str, root: Path, operation: str) -> None:
        self.root = root
        shutil.copytree(EXAMPLES / sample, root)
        self.append(".gitignore", _IGNORED)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit("Begin")
        answer = invoke("cicd-generator", operation, {"project_path": str(root)})
        assert answer.success, answer.errors
        self.commit("Render the pipeline")

    def git(self, *arguments: str) -> str:
        """Run git as somebody."""
        who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
        command = ["git", "-C", str(self.root), *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, message: str) -> None:
        """Commit everything."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def append(self, path: str, text: str) -> None:
        """Add text to the end of a file."""
        file = self.root / path
        file.write_text((file.read_text() if file.exists() else "") + text)

    def worsen(self, branch: str) -> None:
        """Commit a failing test and a vulnerable package to a new branch, which is checked out."""
        self.git("switch", "--quiet", "--create", branch)
        self.append("tests/test_customers.py", FAILING_TEST)
        self.append("requirements.txt", "itsdangerous\n")
        self.commit("Make it worse")


def verdict(reports: Path) -> dict[str, Any]:
    """Return the status of each gate from the verdict in a folder of reports."""
    gates: dict[str, Any] = json.loads((reports / "gate.json").read_text())
    return {gate["name"]: gate["status"] for gate in gates["gates"]}
