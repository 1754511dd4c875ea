"""The tool in environments as users have them: with its pinned packages alone, and beside the project's own linters."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import quality
from quality.report import FORMATS
from support.environments import environment

if TYPE_CHECKING:
    from support.quality_project import QualityProject

pytestmark = pytest.mark.runtime

REQUIREMENTS = Path(quality.__file__).with_name("requirements.txt")


def run(project: QualityProject, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=project.root, check=False, capture_output=True, text=True)


def test_the_pinned_packages_are_all_that_it_needs(sample: QualityProject) -> None:
    python = str(environment([f"-r {REQUIREMENTS}"]))
    sample.test_with_coverage()
    for command, code in (
        ("capture", 0),
        ("gate", 2),
        ("store", 0),
        *((f"report --format {name}", 0) for name in FORMATS),
    ):
        done = run(sample, python, "-W", "error", "tools/quality", *command.split())
        assert (done.returncode, done.stderr) == (code, ""), done.stdout


def test_a_url_without_the_driver_is_answered_with_the_command_that_installs_it(
    sample: QualityProject,
) -> None:
    python = str(environment([f"-r {REQUIREMENTS}"]))
    run(sample, python, "tools/quality", "capture")
    done = run(sample, python, "tools/quality", "store", "--url", "postgresql://me:s3cret@localhost/quality")
    assert done.returncode == 2
    assert "requirements-postgresql.txt" in done.stderr
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize("options", [[], ["--strict"]], ids=["default", "strict"])
def test_mypy_of_the_project_stays_quiet_without_the_tool_s_packages(
    sample: QualityProject, options: list[str]
) -> None:
    python = str(environment(["mypy", "ruff"]))
    done = run(sample, python, "-m", "mypy", *options, "tools", "shop")
    assert done.returncode == 0, done.stdout
    sample.write({"tools/quality/wrong.py": "number: int = 'text'\n"})
    assert "wrong.py:1" in run(sample, python, "-m", "mypy", *options, "tools", "shop").stdout


def test_ruff_of_the_project_stays_quiet_whatever_its_rules(sample: QualityProject) -> None:
    sample.write({"ruff.toml": 'line-length = 60\nlint.select = ["ALL"]\n'})
    python = str(environment(["mypy", "ruff"]))
    for command in ("check", "format"):
        check = ["--check"] if command == "format" else []
        done = run(sample, python, "-m", "ruff", command, *check, "--no-cache", "tools")
        assert done.returncode == 0, done.stdout
