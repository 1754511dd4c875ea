"""Which linters a project uses, by packages, configuration, hooks and build plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from projects.samples import GRADLE, PYPROJECT, package, pom

from codemods.projects.facts import detection
from codemods.render import questions

if TYPE_CHECKING:
    from projects.conftest import Read

HOOKS = "repos:\n  - repo: https://example.org/ruff\n    hooks:\n      - id: ruff-check\n      - id: end-of-file-fixer\n"
CHECKSTYLE = "<plugins><plugin><artifactId>maven-checkstyle-plugin</artifactId></plugin></plugins>"

CASES = {
    "none": ({"requirements.txt": "flask\n"}, ()),
    "packages": (
        {"requirements.txt": "flask\n", "requirements-dev.txt": "ruff\nmypy==1.18\n"},
        ("ruff", "mypy"),
    ),
    "a name that only begins like one": ({"requirements.txt": "flask\nblackfire\nmypy-extensions\n"}, ()),
    "tables": (
        {"pyproject.toml": PYPROJECT + "[tool.ruff]\nline-length = 99\n[tool.pylint.main]\njobs = 0\n"},
        ("ruff", "pylint"),
    ),
    "sections": (
        {
            "requirements.txt": "flask\n",
            "setup.cfg": "[flake8]\nmax-line-length = 99\n",
            "tox.ini": "[mypy]\nstrict = true\n",
        },
        ("flake8", "mypy"),
    ),
    "files": ({"requirements.txt": "flask\n", ".pylintrc": "[MAIN]\n", "ruff.toml": ""}, ("ruff", "pylint")),
    "hooks": ({"requirements.txt": "flask\n", ".pre-commit-config.yaml": HOOKS}, ("ruff",)),
    "TypeScript": (
        {
            "package.json": package(devDependencies={"typescript": "7", "eslint": "10", "prettier": "3"}),
            "tsconfig.json": "// comments\n{}",
        },
        ("eslint", "prettier", "tsc"),
    ),
    "typescript without a configuration checks nothing": (
        {"package.json": package(devDependencies={"typescript": "7"})},
        (),
    ),
    "Biome": ({"package.json": package(), "biome.jsonc": "{}"}, ("biome",)),
    "ESLint in package.json": ({"package.json": package(eslintConfig={})}, ("eslint",)),
    "Maven": ({"pom.xml": pom(build=CHECKSTYLE)}, ("checkstyle",)),
    "Gradle": ({"build.gradle": GRADLE.replace("id 'java'", "id 'java'\n    id 'pmd'")}, ("spotless", "pmd")),
    "Python's configuration in a Java project": ({"pom.xml": pom(), "ruff.toml": ""}, ()),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_the_linters(project: Read, files: dict[str, str | bytes], expected: tuple[str, ...]) -> None:
    assert project(files).linters == expected


def test_the_template_knows_every_linter_that_can_be_found() -> None:
    validator = questions()["linters"]["validator"]
    assert [name for name in detection().linters if f"'{name}'" not in validator] == []
