"""What people see of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.operation import Options, execute
from codemods.present import Presenter, _folded

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_analysis_is_shown_as_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.py").write_text(
        'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/words/{word}")\ndef word(word: str) -> str:\n    return word\n',
        encoding="utf-8",
    )
    (tmp_path / "requirements.txt").write_text("fastapi==0.141.0\n", encoding="utf-8")
    (tmp_path / "Procfile").write_text("web: uvicorn main:app\n", encoding="utf-8")
    options = Options()
    Presenter(options).show("analyze_codebase", execute("analyze_codebase", str(tmp_path), {}, options))
    shown = capsys.readouterr().out
    for text in (
        "fastapi 0.141.0, python, pip",
        "main:app",
        "GET     /words/{word}",
        "Procfile: uvicorn main:app",
    ):
        assert text in shown


def test_a_project_without_a_framework_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.py").write_text("print('hello')\n", encoding="utf-8")
    options = Options()
    Presenter(options).show("analyze_codebase", execute("analyze_codebase", str(tmp_path), {}, options))
    assert "none found, python" in capsys.readouterr().out


def test_many_files_of_one_directory_are_counted_and_few_are_named() -> None:
    many = [f"app/instrumentation/{number}.py" for number in range(9)]
    assert _folded([*many, "config/a.yaml"]) == ["app/instrumentation/ (9 files)", "config/a.yaml"]
    assert _folded(["a.py", "b.py", "c.py", "d.py", "e.py"]) == ["a.py", "b.py", "c.py", "d.py", "e.py"]


def test_nothing_is_asked_without_a_terminal() -> None:
    assert Presenter(Options()).confirm("Go ahead?") is False
