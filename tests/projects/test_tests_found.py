"""The command that runs a project's tests, and what must be installed for it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from projects.samples import GRADLE, POETRY, PYPROJECT, TEST, UNITTEST, package, pom
from support.directories import write_tree

from codemods.projects import find_project
from codemods.projects.model import InstallForTests

if TYPE_CHECKING:
    from pathlib import Path

    from projects.conftest import Read

FAILSAFE = "<plugins><plugin><artifactId>maven-failsafe-plugin</artifactId></plugin></plugins>"
EXTRA = PYPROJECT + '[project.optional-dependencies]\ntest = ["pytest>=8"]\ndocs = ["sphinx"]\n'
GROUPS = (
    PYPROJECT
    + '[dependency-groups]\ntest = ["pytest>=8"]\ndev = ["ruff", {include-group = "test"}]\nlint = ["ruff"]\n'
)

# files -> (framework, command, what is installed)
PYTHON = {
    "none": ({"requirements.txt": "flask\n"}, ("", "", InstallForTests())),
    "pytest in a file for development": (
        {"requirements.txt": "flask\n", "requirements-dev.txt": "-r requirements.txt\npytest\n"},
        ("pytest", "python -m pytest", InstallForTests(files=("requirements-dev.txt",))),
    ),
    "one file that includes another": (
        {
            "requirements/base.txt": "flask\n",
            "requirements/test.txt": "-r base.txt\npytest\n",
            "requirements/dev.txt": "-r test.txt\npytest\nruff\n",
        },
        ("pytest", "python -m pytest", InstallForTests(files=("requirements/dev.txt",))),
    ),
    "pytest among all packages": (
        {"requirements.txt": "flask\npytest\n"},
        ("pytest", "python -m pytest", InstallForTests()),
    ),
    "an extra": (
        {"pyproject.toml": EXTRA},
        ("pytest", "python -m pytest", InstallForTests(extras=("test",))),
    ),
    "groups": (
        {"pyproject.toml": GROUPS, "uv.lock": ""},
        ("pytest", "uv run python -m pytest", InstallForTests(groups=("test", "dev"))),
    ),
    "Poetry's group": (
        {"pyproject.toml": POETRY},
        ("pytest", "poetry run python -m pytest", InstallForTests(groups=("test",))),
    ),
    "Poetry's old table": (
        {"pyproject.toml": POETRY.replace("group.test.dependencies", "dev-dependencies")},
        ("pytest", "poetry run python -m pytest", InstallForTests(groups=("dev",))),
    ),
    "PDM": (
        {"pyproject.toml": PYPROJECT + '[tool.pdm.dev-dependencies]\ntest = ["pytest"]\n', "pdm.lock": ""},
        ("pytest", "pdm run python -m pytest", InstallForTests(groups=("test",))),
    ),
    "Pipenv": (
        {"Pipfile": '[packages]\nflask = "*"\n[dev-packages]\npytest = "*"\n'},
        ("pytest", "pipenv run python -m pytest", InstallForTests(groups=("dev",))),
    ),
    "configured, asked for nowhere": (
        {"requirements.txt": "flask\n", "setup.cfg": "[tool:pytest]\ntestpaths = tests\n"},
        ("pytest", "python -m pytest", InstallForTests(packages=("pytest",))),
    ),
    "asked for by tox alone": (
        {
            "requirements.txt": "flask\n",
            "tox.ini": "[testenv]\ndeps =\n    pytest\n    pytest-mock\ncommands = pytest\n",
        },
        ("pytest", "python -m pytest", InstallForTests(packages=("pytest", "pytest-mock"))),
    ),
    "pytest.toml of pytest 9": (
        {"requirements.txt": "flask\n", "pytest.toml": "[pytest]\n"},
        ("pytest", "python -m pytest", InstallForTests(packages=("pytest",))),
    ),
    "noxfile beside it": (
        {"requirements.txt": "pytest\n", "noxfile.py": "import nox\n"},
        ("pytest", "python -m pytest", InstallForTests()),
    ),
    "Django's own": (
        {
            "requirements.txt": "django\n",
            "manage.py": "",
            "shop/tests.py": UNITTEST,
            "requirements-test.txt": "factory-boy\n",
        },
        ("django", "python manage.py test", InstallForTests(files=("requirements-test.txt",))),
    ),
    "Django with pytest": (
        {"requirements.txt": "django\npytest-django\npytest\n", "manage.py": "", "shop/tests.py": TEST},
        ("pytest", "python -m pytest", InstallForTests()),
    ),
    "unittest in a package": (
        {"requirements.txt": "flask\n", "tests/__init__.py": "", "tests/test_one.py": UNITTEST},
        ("unittest", "python -m unittest discover -s tests -t .", InstallForTests()),
    ),
    "unittest in a folder": (
        {"requirements.txt": "flask\n", "tests/test_one.py": UNITTEST},
        ("unittest", "python -m unittest discover -s tests", InstallForTests()),
    ),
    "unittest beside the code": (
        {"requirements.txt": "flask\n", "test_one.py": UNITTEST},
        ("unittest", "python -m unittest discover", InstallForTests()),
    ),
}
# files -> (framework, command)
OTHERS = {
    "npm's placeholder is no test": (
        {"package.json": package(scripts={"test": 'echo "Error: no test specified" && exit 1'})},
        ("", ""),
    ),
    "vitest": ({"package.json": package(scripts={"test": "vitest"})}, ("vitest", "npm test")),
    "jest through another script": (
        {
            "package.json": package(scripts={"test": "npm run test:unit", "test:unit": "jest --ci"}),
            "yarn.lock": "",
        },
        ("jest", "yarn test"),
    ),
    "mocha": (
        {"package.json": package(scripts={"test": "NODE_ENV=test mocha"}), "pnpm-lock.yaml": ""},
        ("mocha", "pnpm test"),
    ),
    "node's own": (
        {"package.json": package(scripts={"test": "node --import tsx --test test/"})},
        ("node", "npm test"),
    ),
    "a watching script never ends": (
        {"package.json": package(scripts={"test": "jest --watch", "test:ci": "jest --ci"})},
        ("jest", "npm run test:ci"),
    ),
    "a watching script alone": (
        {"package.json": package(scripts={"test": "jest --watchAll"}, devDependencies={"jest": "30"})},
        ("jest", "npx jest"),
    ),
    "no script, but a tool": (
        {"package.json": package(devDependencies={"vitest": "5"}), "pnpm-lock.yaml": ""},
        ("vitest", "pnpm exec vitest run"),
    ),
    "no script, node's own": (
        {"package.json": package(), "test/one.test.js": "import test from 'node:test';\n"},
        ("node", "node --test"),
    ),
    "a script of something else": (
        {"package.json": package(scripts={"test": "tape test/*.js"})},
        ("npm-script", "npm test"),
    ),
    "no tests in Java": ({"pom.xml": pom()}, ("", "")),
    "Maven": (
        {"pom.xml": pom(dependencies="spring-boot-starter-test:test")},
        ("junit", "mvn --batch-mode test"),
    ),
    "Maven with integration tests": (
        {"pom.xml": pom(dependencies="junit:test", build=FAILSAFE), "mvnw": ""},
        ("junit", "sh ./mvnw --batch-mode verify"),
    ),
    "Gradle": ({"build.gradle": GRADLE}, ("junit", "gradle test")),
    "Gradle with another suite": (
        {"build.gradle": GRADLE, "src/integrationTest/java/ShopIT.java": "class ShopIT {}"},
        ("junit", "gradle check"),
    ),
}


@pytest.mark.parametrize(("files", "expected"), PYTHON.values(), ids=PYTHON)
def test_python(
    project: Read, files: dict[str, str | bytes], expected: tuple[str, str, InstallForTests]
) -> None:
    tests = project(files).tests
    assert (tests.framework, tests.command, tests.install) == expected


@pytest.mark.parametrize(("files", "expected"), OTHERS.values(), ids=OTHERS)
def test_javascript_and_java(project: Read, files: dict[str, str | bytes], expected: tuple[str, str]) -> None:
    tests = project(files).tests
    assert (tests.framework, tests.command) == expected


def test_a_wrapper_that_may_be_executed_is(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {"pom.xml": pom(dependencies="junit:test"), "mvnw": "#!/bin/sh\n"})
    (root / "mvnw").chmod(0o755)
    assert find_project(root).tests.command == "./mvnw --batch-mode test"


APP = {"shop/__init__.py": "ONE = 1\n"}
IMPORTS = "import unittest\n\nfrom shop import ONE\n\n\nclass Words(unittest.TestCase):\n    def test_one(self) -> None:\n        self.assertEqual(ONE, 1)\n"
RUNNABLE = {
    "pytest finds the code beside the tests": {
        "requirements.txt": "pytest\n",
        **APP,
        "tests/test_one.py": "from shop import ONE\n\n\ndef test_one() -> None:\n    assert ONE == 1\n",
    },
    "unittest in a package": {
        "requirements.txt": "flask\n",
        **APP,
        "tests/__init__.py": "",
        "tests/test_one.py": IMPORTS,
    },
    "unittest in a folder": {"requirements.txt": "flask\n", **APP, "tests/test_one.py": IMPORTS},
    "unittest beside the code": {"requirements.txt": "flask\n", **APP, "test_one.py": IMPORTS},
}


@pytest.mark.parametrize("files", RUNNABLE.values(), ids=RUNNABLE)
def test_the_command_really_runs_them(tmp_path: Path, files: dict[str, str]) -> None:
    """A failing test must fail the command, and without the mistake it must pass."""
    root = write_tree(tmp_path, files)
    command = [sys.executable, *shlex.split(find_project(root).tests.command)[1:]]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout or "Ran 1 test" in done.stderr
    (root / "shop" / "__init__.py").write_text("ONE = 2  # broken on purpose\n", encoding="utf-8")
    assert subprocess.run(command, cwd=root, capture_output=True, check=False).returncode != 0


@pytest.mark.skipif(not shutil.which("npm"), reason="npm runs the script")
def test_the_command_really_runs_those_of_node(tmp_path: Path) -> None:
    files = {
        "package.json": package(scripts={"test": "node --test"}),
        "one.test.js": 'require("node:test")("one", () => require("node:assert").equal(require("./one.js"), 1));\n',
        "one.js": "module.exports = 1;\n",
    }
    root = write_tree(tmp_path, files)
    command = shlex.split(find_project(root).tests.command)
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (root / "one.js").write_text("module.exports = 2;\n", encoding="utf-8")
    assert subprocess.run(command, cwd=root, capture_output=True, check=False).returncode != 0
