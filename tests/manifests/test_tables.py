"""Poetry's table and Pipfiles: what is added, byte for byte, and what is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.manifest_run import API, BOTH, run

from codemods.analysis.model import Analysis
from codemods.manifests import add_dependencies, kind_of, remove_dependencies
from codemods.manifests.poetry import version_sets

if TYPE_CHECKING:
    from pathlib import Path

POETRY = b'[tool.poetry]\nname = "shop"\n\n[tool.poetry.dependencies]\npython = "^3.11"\n'
DYNAMIC = b'[project]\nname = "shop"\ndynamic = ["dependencies"]\n\n[tool.poetry.dependencies]\n'
LINES = b'prometheus-client = ">=0.22,<1"\nopentelemetry-api = "==1.45.1"\n'
SORTED = b'opentelemetry-api = "==1.45.1"\nprometheus-client = ">=0.22,<1"\n'

UNTOUCHED = [
    pytest.param(
        "pyproject.toml",
        POETRY + b'OpenTelemetry_API = "^1.45"\nprometheus-client = "*"\n',
        id="Poetry, caret and star",
    ),
    pytest.param(
        "pyproject.toml",
        POETRY
        + b'prometheus-client = [{version = "^0.23", python = "<3.12"}, {version = "^0.24", python = ">=3.12"}]\n'
        + b'\n[tool.poetry.dependencies.opentelemetry-api]\nversion = "^1.30"\nextras = ["x"]\n',
        id="Poetry, several versions, own table",
    ),
    pytest.param(
        "pyproject.toml",
        POETRY
        + b'opentelemetry-api = {git = "https://example.org/a.git"}\nprometheus-client = {path = "../p"}\n',
        id="Poetry, git and path",
    ),
    pytest.param(
        "pyproject.toml",
        b'[tool.poetry]\ndependencies.opentelemetry-api = "*"\ndependencies.prometheus-client = "<1 || >2"\n',
        id="Poetry, dotted keys",
    ),
    pytest.param(
        "Pipfile",
        b'[packages]\nOpenTelemetry_API = "*"\nprometheus-client = {version = ">=0.23", extras = ["twisted"]}\n',
        id="Pipfile",
    ),
]


@pytest.mark.parametrize(("file", "source"), UNTOUCHED)
def test_leaves_what_is_declared(tmp_path: Path, file: str, source: bytes) -> None:
    result, plan = run(tmp_path, {file: source, "poetry.lock": b"", "Pipfile.lock": b""}, BOTH)
    assert (plan.changes, result.added, result.conflicts, len(result.present)) == ([], [], [], 2)
    assert result.stale_locks == []


EDITED = [
    pytest.param("pyproject.toml", POETRY, POETRY + LINES, id="Poetry, nothing but python"),
    pytest.param("pyproject.toml", POETRY[:-1], POETRY + LINES[:-1], id="Poetry, no final newline"),
    pytest.param(
        "pyproject.toml",
        POETRY
        + b'uvicorn = "^0.3"  # server\nfastapi = {version = "^0.1", extras = [\n "all"]}\n\n[build-system]\n',
        POETRY
        + b'uvicorn = "^0.3"  # server\nfastapi = {version = "^0.1", extras = [\n "all"]}\n'
        + LINES
        + b"\n[build-system]\n",
        id="Poetry, before the next table",
    ),
    pytest.param(
        "pyproject.toml",
        POETRY + b'fastapi = "^0.1"\n# server\nuvicorn = "^0.3"\n',
        POETRY + b'fastapi = "^0.1"\n' + SORTED + b'# server\nuvicorn = "^0.3"\n',
        id="Poetry, sorted",
    ),
    pytest.param(
        "pyproject.toml",
        POETRY + b'uvicorn = "^0.3"\nxyz = "*"\n\n[tool.poetry.dependencies.abc]\nversion = "1"\n',
        POETRY + SORTED + b'uvicorn = "^0.3"\nxyz = "*"\n\n[tool.poetry.dependencies.abc]\nversion = "1"\n',
        id="Poetry, sorted, before the first",
    ),
    pytest.param("pyproject.toml", DYNAMIC, DYNAMIC + LINES, id="Poetry 2 with dynamic dependencies"),
    pytest.param(
        "pyproject.toml",
        POETRY.replace(b"\n", b"\r\n"),
        (POETRY + LINES).replace(b"\n", b"\r\n"),
        id="Poetry, CRLF",
    ),
    pytest.param(
        "pyproject.toml", b"\xef\xbb\xbf" + POETRY, b"\xef\xbb\xbf" + POETRY + LINES, id="byte order mark"
    ),
    pytest.param("Pipfile", b"[packages]\n", b"[packages]\n" + LINES, id="Pipfile, empty table"),
    pytest.param(
        "Pipfile",
        b"# ours\n[packages]\n\tuvicorn = '*'\nfastapi = '*'\n\n[requires]\npython_version = '3.12'",
        b"# ours\n[packages]\n\tuvicorn = '*'\nfastapi = '*'\n"
        + LINES
        + b"\n[requires]\npython_version = '3.12'",
        id="Pipfile, tabs, no final newline",
    ),
]


@pytest.mark.parametrize(("file", "before", "after"), EDITED)
def test_adds_whole_lines_and_gives_the_bytes_back(
    tmp_path: Path, file: str, before: bytes, after: bytes
) -> None:
    result, plan = run(tmp_path, {file: before}, BOTH)
    assert plan.read(file) == after
    assert (result.added, result.manifest) == (BOTH, file)
    again = add_dependencies(plan, Analysis(str(tmp_path)), BOTH, feature="metrics")
    assert (len(plan.changes), again.added, len(again.present)) == (1, [], 2)
    assert remove_dependencies(after, kind_of(file), ["Prometheus_Client", "opentelemetry.api"]) == before


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        pytest.param("Pipfile", b"", b"[packages]\n" + SORTED, id="empty Pipfile"),
        pytest.param("Pipfile", b"# mine", b"# mine\n\n[packages]\n" + SORTED[:-1], id="only a comment"),
        pytest.param(
            "pyproject.toml",
            b'[tool.poetry]\nname = "x"\n',
            b'[tool.poetry]\nname = "x"\n\n[tool.poetry.dependencies]\n' + SORTED,
            id="Poetry without dependencies",
        ),
    ],
)
def test_makes_the_table_where_there_is_none(tmp_path: Path, file: str, before: bytes, after: bytes) -> None:
    _, plan = run(tmp_path, {file: before}, BOTH)
    assert plan.read(file) == after


def test_poetry_2_keeps_its_dependencies_in_the_project_table(tmp_path: Path) -> None:
    source = (
        b'[project]\nname = "x"\ndependencies = []\n\n[tool.poetry.dependencies]\nfoo = {source = "own"}\n'
    )
    _, plan = run(tmp_path, {"pyproject.toml": source}, [API])
    assert plan.read("pyproject.toml") == source.replace(b"[]", b'[\n    "opentelemetry-api==1.45.1",\n]')


def test_extras_and_markers_are_written_the_way_of_the_table(tmp_path: Path) -> None:
    needed = ["foo[b,a]>=1,<2; python_version < '3.12'", "bar", "baz[x]"]
    result, plan = run(tmp_path, {"Pipfile": b"[packages]\n"}, needed)
    assert result.added == needed
    assert plan.read("Pipfile") == (
        b"[packages]\n"
        b'foo = {version = ">=1,<2", extras = ["a", "b"], markers = \'python_version < "3.12"\'}\n'
        b'bar = "*"\n'
        b'baz = {version = "*", extras = ["x"]}\n'
    )


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param(b"[tool.poetry]\ndependencies.a = '*'\n", "table of its own", id="dotted keys"),
        pytest.param(b"[tool]\npoetry = {dependencies = {a = '*'}}\n", "table of its own", id="inline table"),
        pytest.param(b"[tool.poetry.dependencies]\na = '*\n", "no valid TOML", id="broken"),
        pytest.param(b"# caf\xe9\n[tool.poetry.dependencies]\n", "not UTF-8", id="Latin-1"),
    ],
)
def test_refuses_what_it_cannot_edit(tmp_path: Path, source: bytes, reason: str) -> None:
    result, plan = run(tmp_path, {"pyproject.toml": source}, [API], manifests=[("pyproject.toml", "poetry")])
    assert (plan.changes, result.added) == ([], [])
    assert reason in result.conflicts[0].reason
    assert "opentelemetry-api" in result.conflicts[0].snippet


def test_a_requirement_by_address_is_left_to_poetry(tmp_path: Path) -> None:
    result, plan = run(tmp_path, {"pyproject.toml": POETRY}, ["foo @ https://example.org/foo.whl"])
    assert (plan.changes, len(result.conflicts)) == ([], 1)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("^1.2.3", ["1.2.3", "1.9"], ["2.0", "1.2.2"]),
        ("^0.2.3", ["0.2.9"], ["0.3", "0.2.2"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4"]),
        ("^0", ["0.9"], ["1.0"]),
        ("~1.2.3", ["1.2.9"], ["1.3"]),
        ("~1", ["1.9"], ["2.0"]),
        ("~=1.4.2", ["1.4.5"], ["1.5"]),
        ("1.2.*", ["1.2.7"], ["1.3"]),
        ("1.2.3", ["1.2.3"], ["1.2.4"]),
        ("*", ["0.1", "9"], []),
        (">= 1.2, < 2", ["1.5"], ["2.0"]),
        (">=1.2 <2", ["1.5"], ["2.0"]),
        ("^1.2 || ^3.0", ["1.3", "3.1"], ["2.0"]),
    ],
)
def test_poetry_versions_mean_what_poetry_means(text: str, inside: list[str], outside: list[str]) -> None:
    sets = version_sets(text)
    assert all(any(one.contains(version) for one in sets) for version in inside)
    assert not any(any(one.contains(version) for one in sets) for version in outside)


def test_versions_that_nobody_understands_say_nothing() -> None:
    assert version_sets("latest, please") == ()
