"""Broken, hostile and huge files are named and passed over; what is unusable is refused with one message."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from projects.samples import PYPROJECT, package, pom
from support.directories import read_tree, write_tree

from codemods import invoke
from codemods.projects import find_project
from codemods.projects.branches import default_branch

BOMB = '<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]><project><artifactId>&b;&x;</artifactId></project>'
DEEP = "[" * 100_000

# file -> (its content, a part of the reason)
BROKEN = {
    "package.json with comments": ("package.json", "// shop\n{}", "not readable as JSON"),
    "package.json that is a list": ("package.json", "[]", "holds no mapping"),
    "package.json that nests": ("package.json", DEEP, "not readable as JSON"),
    "package.json that is binary": ("package.json", b"\x00\x01\x02", "is no text"),
    "pyproject.toml": ("pyproject.toml", "[project\n", "not readable as TOML"),
    "pom.xml": ("pom.xml", "<project>", "not readable as XML"),
    "entities": ("pom.xml", BOMB, "not readable as XML"),
    "compose.yml": ("compose.yml", "services: [", "not readable as YAML"),
    "compose.yml that runs code": (
        "compose.yml",
        "services: !!python/object/apply:os.system ['touch ran']\n",
        "not readable as YAML",
    ),
    "setup.cfg": ("setup.cfg", "flake8]\n", "not readable as INI"),
    "pre-commit": (".pre-commit-config.yaml", "repos:\n\t- x", "not readable as YAML"),
    "a huge compose file": ("compose.yml", "# x\n" * 300_000, "larger than 1 MB"),
}


@pytest.mark.parametrize(("path", "content", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_named_and_the_rest_is_read(
    tmp_path: Path, path: str, content: str | bytes, reason: str
) -> None:
    root = write_tree(
        tmp_path, {"requirements.txt": "flask\nredis\n", "app.py": "from flask import Flask\n", path: content}
    )
    result = invoke("cicd-generator", "analyze_project", {"project_path": root})
    assert result.success, result.errors
    assert result.data["services_needed"] == ["redis"]
    assert [
        item["reason"]
        for item in result.data["skipped_files"]
        if item["file"] == path and reason in item["reason"]
    ]
    assert [text for text in result.warnings if text.startswith(f"{path}: not read, ")]
    assert not (root / "ran").exists()


def test_a_mark_and_windows_line_ends_are_no_mistake(tmp_path: Path) -> None:
    text = package(scripts={"test": "vitest run"}, engines={"node": "22"}).replace(", ", ",\r\n")
    root = write_tree(tmp_path, {"package.json": b"\xef\xbb\xbf" + text.encode(), "prisma/a.prisma": ""})
    found = find_project(root)
    assert (found.tests.command, found.version, found.skipped_files) == ("npm test", "22", ())


def test_strange_types_in_manifests_count_as_absent(tmp_path: Path) -> None:
    strange = {
        "name": 3,
        "scripts": {"test": ["a"]},
        "dependencies": ["pg"],
        "engines": "22",
        "packageManager": {},
        "volta": [],
        "devEngines": {"packageManager": {"name": "gulp"}},
    }
    toml = 'project = "x"\n[tool]\npoetry = 3\nruff = []\n[dependency-groups]\ndev = "pytest"\ntest = [{include-group = "test"}, 3]\n'
    root = write_tree(
        tmp_path,
        {
            "package.json": json.dumps(strange),
            "pyproject.toml": toml,
            "a.js": "",
            "compose.yml": "services:\n  a: 3\n  b: {image: [], ports: {}, environment: 3, build: 1}\n",
            ".pre-commit-config.yaml": "repos: {a: 1}\n",
        },
    )
    assert find_project(root).language == "javascript"


def test_nothing_outside_is_read_and_nothing_is_written(tmp_path: Path) -> None:
    outside = write_tree(
        tmp_path / "outside",
        {"package.json": package(dependencies={"pg": "1"}), "test.yml": "node-version: 8"},
    )
    root = write_tree(
        tmp_path / "shop",
        {"app.py": "raise SystemExit('it ran')\n", "requirements.txt": "flask\n", ".github/x": ""},
    )
    (root / "package.json").symlink_to(outside / "package.json")
    (root / ".github" / "workflows").symlink_to(outside)
    os.mkfifo(root / "compose.yml")
    before = read_tree_of_files(root)
    found = find_project(root)
    assert (found.language, found.services_needed, found.existing_ci) == ("python", (), ())
    assert read_tree_of_files(root) == before


def read_tree_of_files(root: Path) -> list[str]:
    return sorted(path.as_posix() for path in root.rglob("*"))


UNUSABLE = {
    "no directory": ("nowhere", "no such directory"),
    "a file": ("shop.txt", "is a file"),
    "nothing known": ("empty", "no Python, JavaScript or Java project"),
}


@pytest.mark.parametrize(("path", "message"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_is_unusable_is_one_message_and_exit_code_2(tmp_path: Path, path: str, message: str) -> None:
    write_tree(tmp_path, {"shop.txt": "", "empty/README.md": "# words\n", "empty/main.go": "package main\n"})
    command = [sys.executable, "-m", "codemods", "analyze-project", str(tmp_path / path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) <= 3
    assert "Traceback" not in done.stderr


def git(root: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words],
        cwd=root,
        check=True,
        capture_output=True,
    )


def test_the_default_branch_of_a_real_repository(tmp_path: Path) -> None:
    origin = write_tree(tmp_path / "origin", {"a": ""})
    git(origin, "init", "-q", "-b", "trunk")
    git(origin, "add", "a")
    git(origin, "commit", "-qm", "a")
    git(tmp_path, "clone", "-q", str(origin), "clone")
    clone = tmp_path / "clone"
    git(clone, "checkout", "-qb", "feature")
    assert default_branch(clone) == ("trunk", "")
    git(clone, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "other")
    assert default_branch(tmp_path / "tree") == ("trunk", "")
    assert default_branch(write_tree(clone / "inner", {"b": ""})) == ("trunk", "")


def test_without_a_remote_a_usual_name_before_the_current_one(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "feature/words")
    assert default_branch(tmp_path) == ("feature/words", "")
    git(tmp_path, "commit", "-qm", "a", "--allow-empty")
    git(tmp_path, "branch", "master")
    git(tmp_path, "pack-refs", "--all")
    assert default_branch(tmp_path) == ("master", "")


@pytest.mark.parametrize("name", ["a$(reboot)", 'x";id', "a'b", "</script>", "..\\x", "${{github}}"])
def test_a_hostile_branch_is_refused(tmp_path: Path, name: str) -> None:
    root = write_tree(
        tmp_path,
        {
            ".git/refs/remotes/origin/HEAD": f"ref: refs/remotes/origin/{name}\n",
            ".git/HEAD": f"ref: refs/heads/{name}\n",
        },
    )
    branch, warning = default_branch(root)
    assert branch == "main"
    assert "needs quoting" in warning


def test_no_repository(tmp_path: Path) -> None:
    assert default_branch(write_tree(tmp_path, {".git/HEAD": "\x00", "x": ""}) / "x") == ("main", "")


CONTRACT = [
    "language",
    "version",
    "package_manager",
    "test_framework",
    "test_command",
    "docker_present",
    "dependencies_file",
    "lock_file",
    "services_needed",
    "recommended_workflows",
]


def test_the_contract_as_one_json_document(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path,
        {
            "pyproject.toml": PYPROJECT,
            "Dockerfile": "FROM python:3.12\n",
            "tests/test_a.py": "import pytest\n",
        },
    )
    before = read_tree(root)
    command = [sys.executable, "codemods/analyze_project.py", str(root), "--json"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
    )
    data = json.loads(done.stdout)
    assert list(data)[: len(CONTRACT)] == CONTRACT
    assert (data["success"], data["errors"], data["language"], data["docker_present"]) == (
        True,
        [],
        "python",
        True,
    )
    assert read_tree(root) == before


def test_what_is_not_asked_for_is_not_answered(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {"requirements.txt": "flask\npytest\n", "Dockerfile": ""})
    given = {"project_path": root, "detect_language": False, "detect_tests": False, "detect_docker": False}
    data = invoke("cicd-generator", "analyze_project", given).data
    left_out = {name for name in CONTRACT if data[name] is None}
    assert left_out == {
        "language",
        "version",
        "package_manager",
        "test_framework",
        "test_command",
        "docker_present",
    }
    assert data["dependencies_file"] == "requirements.txt"


def test_people_see_a_table_in_which_markup_is_text(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path, {"pom.xml": pom(), "[bold]Dockerfile": "", "Dockerfile": "FROM eclipse-temurin:21-jre\n"}
    )
    command = [sys.executable, "-m", "codemods", "analyze-project", str(root)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for text in (
        "java 21  (Dockerfile)",
        "maven",
        "pom.xml",
        "started by",
        "java -jar target/shop-1.2.0.jar  port 8080",
    ):
        assert text in shown


def test_ten_thousand_files_are_read_in_a_few_seconds(tmp_path: Path) -> None:
    files: dict[str, str] = {"package.json": package(dependencies={"express": "5", "pg": "8"})}
    files |= {
        f"src/part{number % 100}/file{number}.ts": "export const url = process.env.URL;\n" * 20
        for number in range(5000)
    }
    files |= {
        f"tools/part{number % 100}/file{number}.py": "import os\nA = os.environ['A']\n" * 20
        for number in range(5000)
    }
    files |= {f"node_modules/m{number}/package.json": "{" for number in range(2000)}
    root = write_tree(tmp_path, files)
    started = time.process_time()
    found = find_project(root)
    spent = time.process_time() - started
    assert (found.language, found.services_needed, found.skipped_files) == ("javascript", ("postgresql",), ())
    assert spent < 5, f"{spent:.1f} s of processor time"
