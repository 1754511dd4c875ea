"""The lines of the test job, really run: each package manager and each test framework on a project of two files."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support.processes import machine_environment

from pipelines.matrix import EVERYTHING, render_templates

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.pipelines

_SUM = "def add(a: int, b: int) -> int:\n    return a + b\n"
_PYTEST = "from sums import add\n\n\ndef test_add() -> None:\n    assert add(1, 2) == 3\n"
_UNITTEST = """import unittest
from sums import add


class Test(unittest.TestCase):
    def test_add(self):
        self.assertEqual(add(1, 2), 3)
"""
_PROJECT = (
    '[project]\nname = "sums"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["packaging"]\n'
)
_MANAGE = """import os, sys
from django.core.management import execute_from_command_line

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
execute_from_command_line(sys.argv)
"""
_JS = "exports.add = (a, b) => a + b;\n"
_JS_TEST = 'const { add } = require("../sums.js");\n\ntest("add", () => { if (add(1, 2) !== 3) throw new Error("wrong"); });\n'
_MOCHA = _JS_TEST.replace("test(", "it(")
_VITEST = (
    'import { test } from "vitest";\nimport { add } from "../sums.js";\n' + _JS_TEST.partition("\n\n")[2]
)


def _json(packages: dict[str, str]) -> str:
    return json.dumps({"name": "sums", "version": "1.0.0", "private": True, "devDependencies": packages})


_PYTHON = {"sums.py": _SUM, "pyproject.toml": _PROJECT}
CASES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "uv": (
        {"package_manager": "uv", "test_framework": "pytest"},
        {**_PYTHON, "tests/test_sums.py": _PYTEST, "pytest.ini": "[pytest]\npythonpath = .\n"},
    ),
    "poetry": (
        {"package_manager": "poetry", "test_framework": "unittest"},
        {**_PYTHON, "test_sums.py": _UNITTEST, "pyproject.toml": _PROJECT + "[tool.poetry]\npackage-mode = false\n"},
    ),
    "pdm": (
        {"package_manager": "pdm", "test_framework": "unittest"},
        {**_PYTHON, "test_sums.py": _UNITTEST, "pyproject.toml": _PROJECT + "[tool.pdm]\ndistribution = false\n"},
    ),
    "pipenv": (
        {"package_manager": "pipenv", "test_framework": "unittest", "dependency_file": "Pipfile"},
        {"sums.py": _SUM, "test_sums.py": _UNITTEST, "Pipfile": '[packages]\npackaging = "*"\n'},
    ),
    "django": (
        {"package_manager": "pip", "test_framework": "django", "dependency_file": "requirements.txt"},
        {
            "requirements.txt": "django\n",
            "manage.py": _MANAGE,
            "settings.py": 'SECRET_KEY = "only for tests"\nINSTALLED_APPS = []\n',
            "sums.py": _SUM,
            "test_sums.py": _UNITTEST,
        },
    ),
    "jest": (
        {"package_manager": "npm", "test_framework": "jest"},
        {"sums.js": _JS, "test/sums.test.js": _JS_TEST, "package.json": _json({"jest": "^30"})},
    ),
    "mocha": (
        {"package_manager": "pnpm", "test_framework": "mocha"},
        {"sums.js": _JS, "test/sums.js": _MOCHA, "package.json": _json({"mocha": "^11"})},
    ),
    "vitest": (
        {"package_manager": "yarn", "test_framework": "vitest"},
        {"sums.js": _JS.replace("exports.add", "export const add"), "test/sums.test.js": _VITEST, "package.json": _json({"vitest": "^3"})},
    ),
}  # fmt: skip


def _run_tests(answers: dict[str, Any], directory: Path) -> subprocess.CompletedProcess[str]:
    language = "javascript" if answers["package_manager"] in {"npm", "pnpm", "yarn"} else "python"
    chosen = {
        **EVERYTHING,
        "language": language,
        "lock_file": "",
        "dependency_file": "pyproject.toml",
        **answers,
    }
    workflow = render_templates(chosen, ".github/")[".github/workflows/release-quality.yml"]
    job = yaml.safe_load(workflow)["jobs"]["test"]
    script = next(step["run"] for step in job["steps"] if step.get("name") == "Test")
    environment = machine_environment() | {name: str(value) for name, value in job.get("env", {}).items()}
    # A mirror of the npm registry may not carry the signatures that Corepack asks for.
    environment["COREPACK_INTEGRITY_KEYS"] = "0"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=900,
    )  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_tests_run_with_coverage_and_fail_the_job(name: str, tmp_path: Path) -> None:
    answers, files = CASES[name]
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    passed = _run_tests(answers, tmp_path)
    assert passed.returncode == 0, passed.stdout
    reports = tmp_path / "reports"
    junit = [file.read_text() for file in reports.glob("*.xml") if file.name.startswith(("junit", "TEST-"))]
    assert any("add" in text for text in junit)
    coverage = next(file for file in reports.iterdir() if file.name in {"coverage.xml", "lcov.info"})
    assert "sums" in coverage.read_text()
    source = next(path for path in files if path.startswith("sums."))
    (tmp_path / source).write_text(files[source].replace("a + b", "a - b"))
    assert _run_tests(answers, tmp_path).returncode != 0
