"""Which version of its language a project runs on, and which file says so."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from projects.samples import GRADLE, GRADLE_KTS, POETRY, PYPROJECT, package, pom

from codemods.projects.facts import detection
from codemods.projects.ranges import node_admits, python_admits
from codemods.projects.versions import base_images, pin

if TYPE_CHECKING:
    from projects.conftest import Read

SETUP_PY = (
    "from setuptools import setup\nsetup(name='shop', python_requires='>=3.10', install_requires=['flask'])\n"
)
MATRIX = "jobs:\n  t:\n    strategy:\n      matrix:\n        python-version:\n          - '3.11'\n          - '3.12'\n    steps:\n      - with: {python-version: '${{ matrix.python-version }}'}\n"
COMPILER = "<plugins><plugin><artifactId>maven-compiler-plugin</artifactId><configuration><release>${jdk}</release></configuration></plugin></plugins>"

# files -> (version, its source, a part of a warning)
CASES = {
    "nothing says it: the newest that has fixes": ({"requirements.txt": "flask\n"}, ("3.14", "default", "")),
    "a range takes the newest inside it": ({"pyproject.toml": PYPROJECT}, ("3.13", "pyproject.toml", "")),
    "Poetry's caret": ({"pyproject.toml": POETRY}, ("3.14", "pyproject.toml", "")),
    "Poetry's exact version": (
        {"pyproject.toml": POETRY.replace("^3.11", "3.12.*")},
        ("3.12", "pyproject.toml", ""),
    ),
    "setup.py": ({"setup.py": SETUP_PY}, ("3.14", "setup.py", "")),
    "setup.cfg": (
        {"setup.cfg": "[metadata]\nname = shop\n[options]\npython_requires = >=3.9, <3.13\n"},
        ("3.12", "setup.cfg", ""),
    ),
    "a pin wins over a range": (
        {"pyproject.toml": PYPROJECT, ".python-version": "3.12.4\n"},
        ("3.12.4", ".python-version", ""),
    ),
    "with Windows line ends and a mark": (
        {"pyproject.toml": PYPROJECT, ".python-version": b"\xef\xbb\xbf3.12\r\n"},
        ("3.12", ".python-version", ""),
    ),
    "a pin outside the range is kept and told": (
        {"pyproject.toml": PYPROJECT, ".python-version": "3.14"},
        ("3.14", ".python-version", "does not admit"),
    ),
    "a name of a virtual environment is no version": (
        {"pyproject.toml": PYPROJECT, ".python-version": "shop-env\n"},
        ("3.13", "pyproject.toml", ""),
    ),
    "PyPy is no CPython": (
        {"pyproject.toml": PYPROJECT, ".python-version": "pypy3.10\n"},
        ("3.13", "pyproject.toml", ""),
    ),
    ".tool-versions": (
        {"requirements.txt": "flask\n", ".tool-versions": "nodejs 22.1.0\npython 3.11.9\n"},
        ("3.11.9", ".tool-versions", ""),
    ),
    "runtime.txt": (
        {"requirements.txt": "flask\n", "runtime.txt": "python-3.12.7\n"},
        ("3.12.7", "runtime.txt", ""),
    ),
    "mise.toml": (
        {"requirements.txt": "flask\n", "mise.toml": '[tools]\npython = "3.13"\n'},
        ("3.13", "mise.toml", ""),
    ),
    "Pipfile": (
        {"Pipfile": '[packages]\nflask = "*"\n[requires]\npython_version = "3.12"\n'},
        ("3.12", "Pipfile", ""),
    ),
    "a base image": (
        {
            "requirements.txt": "flask\n",
            "Dockerfile": "ARG V=3.12\nFROM node:22 AS assets\nFROM --platform=$BUILDPLATFORM python:${V}-slim\n",
        },
        ("3.12", "Dockerfile", ""),
    ),
    "an image outside the range is not followed": (
        {"pyproject.toml": PYPROJECT, "Dockerfile": "FROM python:3.9\n"},
        ("3.13", "pyproject.toml", "not followed"),
    ),
    "the newest that a pipeline tests on": (
        {"requirements.txt": "flask\n", ".github/workflows/t.yml": MATRIX},
        ("3.12", ".github/workflows/t.yml", ""),
    ),
    "the image of a GitLab job": (
        {"requirements.txt": "flask\n", ".gitlab-ci.yml": "image: python:3.11-slim\n"},
        ("3.11", ".gitlab-ci.yml", ""),
    ),
    "out of support, taken as it is": (
        {"requirements.txt": "flask\n", ".python-version": "3.8"},
        ("3.8", ".python-version", "gets no fixes any more"),
    ),
    "a range without a supported version": (
        {"pyproject.toml": PYPROJECT.replace(">=3.11,<3.14", ">=3.6,<3.9")},
        ("3.8", "pyproject.toml", "gets no fixes"),
    ),
    "newer than all that is known": (
        {"requirements.txt": "flask\n", ".python-version": "3.17"},
        ("3.17", ".python-version", ""),
    ),
    "out but not for ranges": (
        {"requirements.txt": "flask\n", ".python-version": "3.15"},
        ("3.15", ".python-version", ""),
    ),
    "a broken range admits all": (
        {"pyproject.toml": PYPROJECT.replace(">=3.11,<3.14", "three")},
        ("3.14", "pyproject.toml", ""),
    ),
    "engines": ({"package.json": package(engines={"node": ">=18 <23"})}, ("22", "package.json", "")),
    "engines, out of support": (
        {"package.json": package(engines={"node": "^18.0.0 || ^20"})},
        ("20", "package.json", "gets no fixes"),
    ),
    "volta": (
        {"package.json": package(volta={"node": "22.11.0"}, engines={"node": ">=20"})},
        ("22.11.0", "package.json", ""),
    ),
    ".nvmrc": ({"package.json": package(), ".nvmrc": "v22\n"}, ("22", ".nvmrc", "")),
    ".nvmrc with a name": ({"package.json": package(), ".nvmrc": "lts/jod\n"}, ("22", ".nvmrc", "")),
    ".nvmrc with the newest": ({"package.json": package(), ".nvmrc": "lts/*\n"}, ("24", ".nvmrc", "")),
    ".node-version": (
        {"package.json": package(), ".node-version": "24.1.0"},
        ("24.1.0", ".node-version", ""),
    ),
    "node's image": (
        {"package.json": package(), "Dockerfile": "FROM node:22-alpine\n"},
        ("22", "Dockerfile", ""),
    ),
    "maven.compiler.release": (
        {"pom.xml": pom("<maven.compiler.release>17</maven.compiler.release>")},
        ("17", "pom.xml", ""),
    ),
    "java.version": ({"pom.xml": pom("<java.version>21</java.version>")}, ("21", "pom.xml", "")),
    "a property of the compiler plugin": (
        {"pom.xml": pom("<jdk>25</jdk>", build=COMPILER)},
        ("25", "pom.xml", ""),
    ),
    "a property that nothing defines": (
        {"pom.xml": pom("<java.version>${missing}</java.version>")},
        ("25", "default", ""),
    ),
    "Java 8 by its old name": (
        {"pom.xml": pom("<maven.compiler.source>1.8</maven.compiler.source>")},
        ("8", "pom.xml", "gets no fixes"),
    ),
    "Gradle's toolchain, not a comment": ({"build.gradle": GRADLE}, ("21", "build.gradle", "")),
    "Kotlin's toolchain": ({"build.gradle.kts": GRADLE_KTS}, ("17", "build.gradle.kts", "")),
    "sourceCompatibility": (
        {"build.gradle": "plugins { id 'java' }\nsourceCompatibility = JavaVersion.VERSION_17\n"},
        ("17", "build.gradle", ""),
    ),
    "SDKMAN": (
        {"build.gradle": "plugins { id 'java' }\n", ".sdkmanrc": "java=21.0.5-tem\n"},
        ("21", ".sdkmanrc", ""),
    ),
    "asdf's Java": (
        {"pom.xml": pom(), ".tool-versions": "java temurin-21.0.2+13.0.LTS\n"},
        ("21", ".tool-versions", ""),
    ),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_the_version_and_where_it_stands(
    project: Read, files: dict[str, str | bytes], expected: tuple[str, str, str]
) -> None:
    found = project(files)
    version, source, warning = expected
    assert (found.version, found.version_source) == (version, source)
    about = [text for text in found.warnings if "admit" in text or "fixes" in text or "followed" in text]
    assert any(warning in text for text in about) if warning else not about


PYTHON_RANGES = [
    ("^3.11", "3.14", True),
    ("^3.11", "3.10", False),
    ("~3.11", "3.12", False),
    ("~=3.11", "3.12", True),
    ("~=3.11.2", "3.12", False),
    (">=3.9,!=3.12.*", "3.12", False),
    (">=3.12.4", "3.12", True),
    ("<3.12.5", "3.12", True),
    ("3.11.*", "3.11", True),
    ("3.11.*", "3.12", False),
    (">=3.8 <3.12", "3.12", False),
    ("^3.9 || ^3.13", "3.13", True),
    ("*", "3.14", True),
]


@pytest.mark.parametrize(("text", "line", "admitted"), PYTHON_RANGES)
def test_ranges_of_python(text: str, line: str, *, admitted: bool) -> None:
    assert python_admits(text, line) is admitted


NODE_RANGES = [
    ">=18",
    ">=18 <23",
    "^20.0.0",
    "~22.1.0",
    "22",
    "22.x",
    "22.*",
    "18 - 22",
    "18.0.0 - 22.5.0",
    "^18 || ^20",
    "<22",
    "<=22",
    "<22.0.1",
    ">22",
    ">22.3.1",
    "*",
    "",
    "=24.1.0",
    ">=20.11.1 <21 || >=22.11",
    "v24",
    ">= 20.0.0",
    "20 || >=24",
    "~> 22",
]


@pytest.mark.skipif(
    not shutil.which("node") or not shutil.which("npm"), reason="npm's own reader of ranges comes with npm"
)
def test_ranges_of_node_are_read_as_npm_reads_them() -> None:
    lines = [str(major) for major in range(16, 27)]
    script = (
        "const s = require(process.argv[1]); const [ranges, lines] = JSON.parse(process.argv[2]);"
        "console.log(JSON.stringify(ranges.map((r) => lines.map((l) => s.intersects(r, `>=${l}.0.0 <${Number(l) + 1}.0.0`)))))"
    )
    npm = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=True).stdout.strip()
    given = json.dumps([NODE_RANGES, lines])
    command = ["node", "-e", script, f"{npm}/npm/node_modules/semver", given]
    theirs = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    ours = [[node_admits(text, line) for line in lines] for text in NODE_RANGES]
    different = [
        (text, line)
        for text, one, other in zip(NODE_RANGES, ours, theirs, strict=True)
        for line, mine, yours in zip(lines, one, other, strict=True)
        if mine != yours
    ]
    assert different == []


def test_every_line_that_is_supported_is_a_pin_of_itself() -> None:
    for name, facts in detection().languages.items():
        for version in (*facts.supported, *facts.released):
            assert pin(name, version) == version


def test_images_are_read_with_the_defaults_of_their_arguments() -> None:
    text = "ARG BASE=python\nARG V\nFROM ${BASE}:${V:-3.12}-slim AS build\n# FROM ruby:3\nfrom build\n"
    assert base_images(text) == ["python:3.12-slim", "build"]
