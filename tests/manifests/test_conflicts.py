"""A version the user pinned is never changed; what does not fit it is told, with the way out."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from support.manifest_run import API, BOTH, PROM, run

from codemods.facts import python_facts
from codemods.manifests import train as trains

if TYPE_CHECKING:
    from pathlib import Path

SDK = "opentelemetry-sdk==1.45.1"
HTTPX = "opentelemetry-instrumentation-httpx==0.66b1"
TRACING = [API, SDK, HTTPX]


def test_a_pinned_version_that_is_too_old_is_told(tmp_path: Path) -> None:
    result, plan = run(tmp_path, {"requirements.txt": b"prometheus-client==0.20.0  # ours\n"}, BOTH)
    assert (result.added, result.present) == ([API], [])
    (conflict,) = result.conflicts
    assert conflict.reason == (
        "prometheus-client==0.20.0 in requirements.txt excludes prometheus-client>=0.22,<1, which the generated code"
        " needs; change it to a version that satisfies >=0.22,<1"
    )
    assert (conflict.snippet, conflict.path, conflict.feature) == (PROM, "requirements.txt", "tracing")
    assert plan.read("requirements.txt") == b"prometheus-client==0.20.0  # ours\nopentelemetry-api==1.45.1\n"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {"requirements.txt": b"-c c.txt\n", "c.txt": b"Prometheus_Client<0.22\n"}, id="constraints file"
        ),
        pytest.param(
            {"requirements.txt": b"-r base.txt\n", "base.txt": b"prometheus-client~=0.21.0\n"},
            id="included file",
        ),
        pytest.param(
            {
                "pyproject.toml": b'[project]\nname="x"\n[tool.uv]\nconstraint-dependencies = ["prometheus-client<0.22"]\n'
            },
            id="uv constraints",
        ),
        pytest.param(
            {
                "pyproject.toml": b'[project]\nname="x"\n[project.optional-dependencies]\nm = ["prometheus-client<0.22"]\n'
            },
            id="extra",
        ),
        pytest.param(
            {
                "pyproject.toml": b'[project]\nname="x"\n[dependency-groups]\na=[]\n'
                b'dev = ["prometheus-client<0.22", {include-group = "a"}]\n'
            },
            id="dependency group",
        ),
        pytest.param(
            {"pyproject.toml": b'[tool.poetry.dependencies]\npython="^3.11"\nprometheus-client = "~0.21"\n'},
            id="poetry",
        ),
        pytest.param(
            {
                "pyproject.toml": b'[tool.poetry.dependencies]\npython="^3.11"\n'
                b'[tool.poetry.group.dev.dependencies]\nprometheus-client = "^0.21"\n'
            },
            id="poetry group",
        ),
        pytest.param(
            {"Pipfile": b'[packages]\n[dev-packages]\nprometheus-client = "==0.21"\n'}, id="Pipfile"
        ),
        pytest.param(
            {"setup.cfg": b"[options]\ninstall_requires =\n  prometheus-client<0.22\n"}, id="setup.cfg"
        ),
        pytest.param({"setup.py": b"setup(install_requires=['prometheus-client<0.22'])\n"}, id="setup.py"),
        pytest.param(
            {"requirements.txt": b"prometheus-client; sys_platform == 'win32'\n"},
            id="installed on Windows only",
        ),
    ],
)
def test_nothing_is_added_that_clashes_with_another_declaration(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    result, plan = run(tmp_path, files, [PROM])
    assert (result.added, result.present, len(result.conflicts)) == ([], [], 1)
    assert plan.changes == []
    assert (
        PROM in result.conflicts[0].snippet
        or 'prometheus-client = ">=0.22,<1"' in result.conflicts[0].snippet
    )


OTHER_TRAINS = [
    pytest.param(b"opentelemetry-sdk==1.40.0\n", "1.40.0/0.61b0", id="older"),
    pytest.param(b"opentelemetry-sdk==1.45.2\n", "1.45.2/0.66b2", id="a patch newer"),
    pytest.param(
        b"opentelemetry-instrumentation-redis==0.50b0\n", "1.29.0/0.50b0", id="a contrib package only"
    ),
    pytest.param(b"opentelemetry-api>=1.20,<1.40\n", "", id="a range"),
    pytest.param(
        b"opentelemetry-api==1.40.0\nopentelemetry-distro==0.50b0\n", "", id="two releases that clash already"
    ),
]


@pytest.mark.parametrize(("source", "stay"), OTHER_TRAINS)
def test_packages_of_two_opentelemetry_releases_are_never_mixed(
    tmp_path: Path, source: bytes, stay: str
) -> None:
    result, plan = run(tmp_path, {"requirements.txt": source}, [*TRACING, PROM])
    assert result.added == [PROM]
    assert plan.read("requirements.txt") == source + f"{PROM}\n".encode()
    (conflict,) = result.conflicts
    assert "another OpenTelemetry release than 1.45.1/0.66b1" in conflict.reason
    assert ("stay on" in conflict.reason, stay in conflict.reason) == (bool(stay), True)


def test_the_way_to_stay_on_the_own_release_is_written_out(tmp_path: Path) -> None:
    source = b'[tool.poetry.dependencies]\npython = "^3.11"\nopentelemetry-api = "1.40.0"\n'
    result, _ = run(tmp_path, {"pyproject.toml": source}, TRACING)
    assert result.conflicts[0].snippet.splitlines() == [
        "# move your own to 1.45.1/0.66b1, then run this again:",
        'opentelemetry-api = "==1.45.1"',
        "# or stay on 1.40.0/0.61b0, and add:",
        'opentelemetry-sdk = "==1.40.0"',
        'opentelemetry-instrumentation-httpx = "==0.61b0"',
    ]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b"opentelemetry-api~=1.40\n", id="a range that admits ours"),
        pytest.param(b"opentelemetry-distro\nopentelemetry-sdk\n", id="unpinned"),
        pytest.param(b"opentelemetry-instrumentation-openai==0.40.1\n", id="versioned by others"),
        pytest.param(b"opentelemetry-sdk-extension-aws==2.0.0\n", id="no part of the release"),
        pytest.param(
            b"opentelemetry-util-http==0.41b0; python_version < '3.8'\n", id="for a Python that is gone"
        ),
    ],
)
def test_other_opentelemetry_packages_do_not_stand_in_the_way(tmp_path: Path, source: bytes) -> None:
    result, _ = run(tmp_path, {"requirements.txt": source}, TRACING)
    assert result.conflicts == []
    assert len(result.added) + len(result.present) == 3


@pytest.mark.parametrize(
    ("pin", "package"),
    [
        pytest.param("protobuf==4.25.3", "opentelemetry-exporter-otlp-proto-http", id="exporter"),
        pytest.param("typing_extensions<4.5", "opentelemetry-api", id="API"),
        pytest.param("wrapt==0.9", "opentelemetry-instrumentation", id="instrumentation"),
    ],
)
def test_a_pin_under_which_opentelemetry_does_not_install_is_told(
    tmp_path: Path, pin: str, package: str
) -> None:
    exporter = "opentelemetry-exporter-otlp-proto-http==1.45.1"
    result, _ = run(tmp_path, {"requirements.txt": f"{pin}\n".encode()}, [*TRACING, exporter, PROM])
    assert result.added == [PROM]
    (conflict,) = result.conflicts
    assert conflict.reason.startswith(f"{pin} in requirements.txt excludes")
    assert f"which {package} needs" in conflict.reason


def test_such_a_pin_does_not_matter_without_the_package_that_it_blocks(tmp_path: Path) -> None:
    result, _ = run(tmp_path, {"requirements.txt": b"protobuf==4.25.3\n"}, BOTH)
    assert (result.added, result.conflicts) == (BOTH, [])


@pytest.mark.runtime
def test_what_opentelemetry_needs_of_others_is_what_its_metadata_says(tmp_path: Path) -> None:
    train = python_facts().train
    told = {need.package: need.requires for need in train.needs}
    wanted = [f"{name}=={train.core if trains.is_core(name) else train.contrib}" for name in told]
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "pip", "install", "-q", "--dry-run", "--ignore-installed", "--no-input"]
    subprocess.run([*command, "--report", report, *wanted], check=True, timeout=300)
    needs: dict[str, set[str]] = {}
    for item in json.loads(report.read_text())["install"]:
        found = [
            Requirement(text) for text in item["metadata"].get("requires_dist", []) if "extra ==" not in text
        ]
        needs[item["metadata"]["name"]] = {
            str(one) for one in found if not one.name.startswith("opentelemetry")
        }
    needs["opentelemetry-exporter-otlp-proto-http"] |= needs["opentelemetry-proto"]
    needs["opentelemetry-exporter-otlp-proto-http"] -= needs["opentelemetry-api"]
    assert {name: {str(Requirement(one)) for one in known} for name, known in told.items()} == {
        name: needs[name] for name in told
    }


PYTHONS = [
    pytest.param("requirements.txt", "requirements", ">=3.8", True, id="pip installs for one Python"),
    pytest.param("requirements.txt", "requirements", ">=3.7,<3.10", False, id="no Python is new enough"),
    pytest.param("pyproject.toml", "uv", ">=3.9", False, id="uv locks for all of them"),
    pytest.param("pyproject.toml", "poetry", "^3.9", False, id="so does Poetry"),
    pytest.param("pyproject.toml", "uv", ">=3.10", True, id="uv, new enough"),
    pytest.param("pyproject.toml", "poetry", "^3.10", True, id="Poetry, new enough"),
    pytest.param("pyproject.toml", "poetry", "~3.12", True, id="Poetry, one minor version"),
    pytest.param("pyproject.toml", "pdm", "", True, id="not said"),
    pytest.param("pyproject.toml", "pep621", "what?", True, id="not understood"),
]


@pytest.mark.parametrize(("file", "kind", "python", "added"), PYTHONS)
def test_a_python_too_old_for_opentelemetry_is_told(
    tmp_path: Path,
    file: str,
    kind: str,
    python: str,
    added: bool,  # noqa: FBT001
) -> None:
    source = b'[project]\nname = "x"\ndependencies = []\n' if file == "pyproject.toml" else b""
    result, _ = run(tmp_path, {file: source}, BOTH, python=python, manifests=[(file, kind)])
    assert result.added == (BOTH if added else [PROM])
    assert [python in one.reason and ">=3.10" in one.reason for one in result.conflicts] == (
        [] if added else [True]
    )


def test_extras_of_two_requests_for_one_package_are_merged(tmp_path: Path) -> None:
    result, plan = run(tmp_path, {"requirements.txt": b""}, ["Foo[a]>=1", "foo[b]>=1", "foo>=1"])
    assert plan.read("requirements.txt") == b"Foo[a,b]>=1\n"
    assert result.added == ["Foo[a,b]>=1"]


def test_an_extra_that_the_users_line_lacks_is_told(tmp_path: Path) -> None:
    result, plan = run(tmp_path, {"requirements.txt": b"foo[b]>=1\n"}, ["foo[a]>=1"])
    assert (plan.changes, len(result.conflicts)) == ([], 1)
    assert "write foo[a,b] there" in result.conflicts[0].reason
