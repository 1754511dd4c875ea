"""Lock files are refreshed by the project's own tool on request, and put back with the rest."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codemods.operation import Options, execute

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.runtime

PYPROJECT = """[project]
name = "words"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["fastapi>=0.142"]
"""
MAIN = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/words")\ndef words() -> list[str]:\n    return []\n'


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A uv project with its lock, all committed."""
    if shutil.which("uv") is None:
        pytest.skip("uv is not installed: pip install uv")
    monkeypatch.setenv("UV_PYTHON", sys.executable)
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    (tmp_path / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (tmp_path / "main.py").write_text(MAIN, encoding="utf-8")
    subprocess.run(["uv", "lock", "--quiet"], cwd=tmp_path, check=True, stdin=subprocess.DEVNULL)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(
        tmp_path,
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.com",
        "commit",
        "--quiet",
        "--message",
        "bare",
    )
    return tmp_path


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


def test_without_the_flag_the_lock_is_named_as_stale_and_left_alone(locked: Path) -> None:
    before = (locked / "uv.lock").read_bytes()
    result = execute("apply", str(locked), {}, Options())
    assert [text for text in result.warnings if text.startswith("uv.lock: stale now")]
    assert (locked / "uv.lock").read_bytes() == before


def test_a_refreshed_lock_holds_the_packages_and_is_put_back_by_remove(locked: Path) -> None:
    result = execute("apply", str(locked), {}, Options(refresh_lock=True))
    assert result.success, result.errors
    assert not [text for text in result.warnings if "stale" in text]
    assert b'name = "opentelemetry-sdk"' in (locked / "uv.lock").read_bytes()
    subprocess.run(["uv", "lock", "--check", "--quiet"], cwd=locked, check=True, stdin=subprocess.DEVNULL)

    removed = execute("remove", str(locked), {}, Options())
    assert removed.success, removed.errors
    assert git(locked, "status", "--porcelain") == ""


def test_a_lock_that_was_made_again_since_is_left_and_named(locked: Path) -> None:
    execute("apply", str(locked), {}, Options(refresh_lock=True))
    lock = locked / "uv.lock"
    lock.write_bytes(lock.read_bytes() + b"# by somebody else\n")
    removed = execute("remove", str(locked), {}, Options(allow_dirty=True))
    assert [text for text in removed.warnings if text.startswith("uv.lock")]
    assert lock.read_bytes().endswith(b"# by somebody else\n")
