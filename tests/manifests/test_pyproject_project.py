"""``[project]`` in ``pyproject.toml``: what is added, byte for byte, and what is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.manifest_run import API, BOTH, PROM, run

from codemods.analysis.model import Analysis
from codemods.manifests import add_dependencies, remove_dependencies

if TYPE_CHECKING:
    from pathlib import Path

HEAD = b'[project]\nname = "shop"\nversion = "1"\n'
LINES = b'    "prometheus-client>=0.22,<1",\n    "opentelemetry-api==1.45.1",\n'
SORTED = b'    "opentelemetry-api==1.45.1",\n    "prometheus-client>=0.22,<1",\n'

UNTOUCHED = [
    pytest.param(b'dependencies = ["opentelemetry-api==1.45.1", "prometheus-client"]\n', id="both declared"),
    pytest.param(
        b"dependencies = ['OpenTelemetry.API', 'prometheus_client[twisted]>=0.23']\n", id="spelled otherwise"
    ),
    pytest.param(
        b'dependencies = [\n  "opentelemetry-api @ git+https://example.org/api.git",\n  "prometheus-client>=0.22;python_version>\'3\'"]\n',
        id="by address, with a marker that always holds",
    ),
]


@pytest.mark.parametrize("body", UNTOUCHED)
def test_leaves_what_is_declared(tmp_path: Path, body: bytes) -> None:
    result, plan = run(tmp_path, {"pyproject.toml": HEAD + body, "uv.lock": b""}, BOTH)
    assert (plan.changes, result.added, result.conflicts, len(result.present)) == ([], [], [], 2)
    assert result.stale_locks == []


EDITED = [
    pytest.param(
        b'dependencies = [\n    "uvicorn",\n    "fastapi",\n]\n',
        b'dependencies = [\n    "uvicorn",\n    "fastapi",\n' + LINES + b"]\n",
        id="one a line",
    ),
    pytest.param(
        b'dependencies = [\n    "uvicorn",\n    "fastapi"\n]\n',
        b'dependencies = [\n    "uvicorn",\n    "fastapi",\n' + LINES[:-2] + b"\n]\n",
        id="no trailing comma",
    ),
    pytest.param(
        b'dependencies = [\n    "uvicorn",  # server\n    # web\n    "fastapi"  # framework, of course\n    # end\n]\n',
        b'dependencies = [\n    "uvicorn",  # server\n    # web\n    "fastapi",  # framework, of course\n'
        + LINES[:-2]
        + b"\n    # end\n]\n",
        id="no trailing comma, comments",
    ),
    pytest.param(
        b'dependencies = [\n    "fastapi",\n    # server\n    "uvicorn[standard]>=0.30",\n]\n',
        b'dependencies = [\n    "fastapi",\n' + SORTED + b'    # server\n    "uvicorn[standard]>=0.30",\n]\n',
        id="sorted",
    ),
    pytest.param(
        b'dependencies = [\n    # server\n    "uvicorn",\n    "wheel",\n]\n',
        b"dependencies = [\n" + SORTED + b'    # server\n    "uvicorn",\n    "wheel",\n]\n',
        id="sorted, before the first",
    ),
    pytest.param(
        b'dependencies = [\n    "a",\n    "b"\n]\n',
        b'dependencies = [\n    "a",\n    "b",\n' + SORTED[:-2] + b"\n]\n",
        id="sorted, no trailing comma",
    ),
    pytest.param(
        b'dependencies = ["uvicorn", "fastapi"]\n',
        b'dependencies = ["uvicorn", "fastapi", "prometheus-client>=0.22,<1", "opentelemetry-api==1.45.1"]\n',
        id="in one line",
    ),
    pytest.param(
        b"dependencies = [ 'fastapi', 'uvicorn', ] # all\n",
        b"dependencies = [ 'fastapi', 'opentelemetry-api==1.45.1', 'prometheus-client>=0.22,<1', 'uvicorn', ] # all\n",
        id="in one line, sorted, single quotes, trailing comma",
    ),
    pytest.param(
        b'dependencies = ["uvicorn", "wheel"]\n',
        b'dependencies = ["opentelemetry-api==1.45.1", "prometheus-client>=0.22,<1", "uvicorn", "wheel"]\n',
        id="in one line, before the first",
    ),
    pytest.param(b"dependencies = []\n", b"dependencies = [\n" + LINES + b"]\n", id="empty list"),
    pytest.param(
        b"dependencies = [\n    # nothing yet\n]\n",
        b"dependencies = [\n    # nothing yet\n" + LINES + b"]\n",
        id="only a comment in it",
    ),
    pytest.param(
        b'dependencies = ["uvicorn",\n                "fastapi"]\n',
        b'dependencies = ["uvicorn",\n                "fastapi",\n                "prometheus-client>=0.22,<1",\n'
        b'                "opentelemetry-api==1.45.1"]\n',
        id="hanging",
    ),
    pytest.param(
        b'dependencies = [\n\t"uvicorn", "fastapi",\n\t"httpx",\n]\n',
        b'dependencies = [\n\t"uvicorn", "fastapi",\n\t"httpx",\n\t"prometheus-client>=0.22,<1",\n\t"opentelemetry-api==1.45.1",\n]\n',
        id="tabs, two in a line",
    ),
    pytest.param(
        b'dependencies = [\n  "a"\n  , "uvicorn"\n]\n',
        b'dependencies = [\n  "a", "opentelemetry-api==1.45.1", "prometheus-client>=0.22,<1"\n  , "uvicorn"\n]\n',
        id="comma first",
    ),
    pytest.param(
        b'dependencies = [\r\n  "uvicorn",\r\n  "fastapi",\r\n]\r\n[project.scripts]\r\nx = "y:z"',
        b'dependencies = [\r\n  "uvicorn",\r\n  "fastapi",\r\n  "prometheus-client>=0.22,<1",\r\n'
        b'  "opentelemetry-api==1.45.1",\r\n]\r\n[project.scripts]\r\nx = "y:z"',
        id="CRLF, no final newline",
    ),
]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize(("before", "after"), EDITED)
def test_adds_entries_and_gives_the_bytes_back(
    tmp_path: Path, before: bytes, after: bytes, mark: bytes
) -> None:
    result, plan = run(tmp_path, {"pyproject.toml": mark + HEAD + before}, BOTH)
    assert plan.read("pyproject.toml") == mark + HEAD + after
    assert (result.added, result.manifest) == (BOTH, "pyproject.toml")
    again = add_dependencies(plan, Analysis(str(tmp_path)), BOTH, feature="metrics")
    assert (len(plan.changes), again.added, len(again.present)) == (1, [], 2)
    names = ["Prometheus_Client", "opentelemetry.api"]
    assert remove_dependencies(mark + HEAD + after, "pep621", names) == mark + HEAD + before


MADE = [
    pytest.param(b"", b"dependencies = [\n" + SORTED + b"]\n", id="at the end"),
    pytest.param(
        b'\n[project.scripts]\nx = "y:z"\n',
        b"dependencies = [\n" + SORTED + b']\n\n[project.scripts]\nx = "y:z"\n',
        id="before the next table",
    ),
]


@pytest.mark.parametrize(("before", "after"), MADE)
def test_makes_the_list_where_the_table_has_none(tmp_path: Path, before: bytes, after: bytes) -> None:
    _, plan = run(tmp_path, {"pyproject.toml": HEAD + before}, BOTH)
    assert plan.read("pyproject.toml") == HEAD + after


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param(b'[project]\nname = "x"\ndynamic = ["dependencies"]\n', "dynamic", id="computed"),
        pytest.param(b'project = {name = "x", dependencies = []}\n', "table of its own", id="inline table"),
        pytest.param(b'[project]\nname = "x\n', "no valid TOML", id="broken"),
    ],
)
def test_refuses_what_it_cannot_edit(tmp_path: Path, source: bytes, reason: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(source)
    result, plan = run(tmp_path, {}, [API, PROM], manifests=[("pyproject.toml", "pep621")])
    assert (plan.changes, result.added) == ([], [])
    assert reason in result.conflicts[0].reason
    assert f'"{API}"' in result.conflicts[0].snippet
