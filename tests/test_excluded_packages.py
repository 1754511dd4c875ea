"""What needs packages that the project's own pins exclude is left out: a service that started before still starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.directories import read_tree

from codemods.operation import Options, Result, execute

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("quick_rendering")
APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"
EXCLUDING = {
    "a pin below": "fastapi>=0.115\nprotobuf<5\n",
    "another release of OpenTelemetry": "fastapi>=0.115\nopentelemetry-sdk==1.24.0\n",
}


@pytest.fixture(params=EXCLUDING.values(), ids=list(EXCLUDING))
def root(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    (tmp_path / "main.py").write_text(APP, encoding="utf-8")
    (tmp_path / "requirements.txt").write_text(request.param, encoding="utf-8")
    return tmp_path


def run(operation: str, root: Path, **options: Any) -> Result:
    return execute(operation, str(root), {}, Options(defaults=True, **options))


def test_only_what_can_be_installed_is_called(root: Path) -> None:
    result = run("apply", root)
    assert result.exit_code == 1
    assert set(result.data["left_out"]) == {"tracing", "logging"}
    assert len(result.errors) == 1
    source = (root / "main.py").read_text(encoding="utf-8")
    assert "setup_metrics(app)\nsetup_health(app)\n" in source
    assert "tracing" not in source
    assert "logging" not in source
    assert not (root / "instrumentation" / "tracing.py").exists()
    assert "opentelemetry-api" not in (root / "requirements.txt").read_text(encoding="utf-8")


def test_alone_it_changes_nothing(root: Path) -> None:
    before = read_tree(root)
    assert run("add_tracing", root).exit_code == 1
    assert read_tree(root) == before


def test_a_second_run_changes_nothing_and_a_removal_everything_back(root: Path) -> None:
    before = read_tree(root)
    run("apply", root)
    once = read_tree(root)
    assert run("apply", root).exit_code == 1
    assert read_tree(root) == once
    assert run("remove", root).exit_code == 0
    assert read_tree(root) == before


def test_it_is_added_once_the_pin_is_gone(root: Path) -> None:
    run("apply", root)
    manifest = root / "requirements.txt"
    lines = manifest.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(("protobuf", "opentelemetry-sdk"))]
    manifest.write_text("".join(kept), encoding="utf-8")
    result = run("apply", root)
    assert result.exit_code == 0, result.errors
    assert "setup_tracing(app)" in (root / "main.py").read_text(encoding="utf-8")
