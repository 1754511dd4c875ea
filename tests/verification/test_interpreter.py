"""The project's own Python is found, and no other is taken for it."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from codemods.errors import UsageError
from codemods.verification.interpreter import find_interpreter


def empty_environment(directory: Path) -> Path:
    venv.create(directory, with_pip=False)
    return directory / "bin" / "python"


def install(environment: Path, module: str) -> None:
    """Put a module into an environment, as an installer would."""
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / f"{module}.py").write_text("")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT"):
        monkeypatch.delenv(variable, raising=False)
    root = tmp_path / "repository" / "backend"
    root.mkdir(parents=True)
    return root


def test_a_project_without_environment_is_told_how_to_make_one(project: Path) -> None:
    (project / "requirements.txt").write_text("")
    with pytest.raises(
        UsageError, match=r"no Python with some_framework was found(.|\n)*pip install -r requirements.txt"
    ):
        find_interpreter(project, modules=["some_framework"])


@pytest.mark.parametrize(
    ("lock", "command"),
    [
        ("uv.lock", "uv sync"),
        ("poetry.lock", "poetry install"),
        ("pdm.lock", "pdm install"),
        ("Pipfile", "pipenv install"),
    ],
)
def test_the_advice_is_that_of_the_projects_own_tool(
    project: Path, lock: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    (project / lock).write_text("")
    with pytest.raises(UsageError, match=command):
        find_interpreter(project, modules=["some_framework"])


def test_a_folder_of_the_project_is_not_taken_for_the_installed_package(project: Path) -> None:
    (project / "some_framework").mkdir()
    empty_environment(project / ".venv")
    with pytest.raises(UsageError, match="has no some_framework"):
        find_interpreter(project, modules=["some_framework"])


def test_a_choice_of_the_users_is_refused_rather_than_replaced(project: Path) -> None:
    own = empty_environment(project / ".venv")
    install(project / ".venv", "some_framework")
    other = empty_environment(project / "other")
    with pytest.raises(UsageError, match="--python"):
        find_interpreter(project, str(other), modules=["some_framework"])
    assert find_interpreter(project, str(own), modules=["some_framework"]) == own


def test_a_choice_that_does_not_exist_is_named(project: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere/python: does not start"):
        find_interpreter(project, "nowhere/python")


def test_a_choice_may_be_an_environment(project: Path) -> None:
    python = empty_environment(project / "other")
    assert find_interpreter(project, str(project / "other")) == python


def test_the_projects_environment_comes_before_the_active_one(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = empty_environment(project / ".venv")
    empty_environment(project / "active")
    monkeypatch.setenv("VIRTUAL_ENV", str(project / "active"))
    assert find_interpreter(project) == own


def test_the_active_environment_is_taken_when_the_projects_own_lacks_the_framework(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_environment(project / ".venv")
    active = empty_environment(project / "active")
    install(project / "active", "some_framework")
    monkeypatch.setenv("VIRTUAL_ENV", str(project / "active"))
    assert find_interpreter(project, modules=["some_framework"]) == active


def test_an_environment_at_the_root_of_the_repository_serves_a_service_below(project: Path) -> None:
    (project.parent / ".git").mkdir()
    python = empty_environment(project.parent / ".venv")
    assert find_interpreter(project) == python


def test_an_environment_above_a_project_without_repository_is_somebody_elses(project: Path) -> None:
    empty_environment(project.parent / ".venv")
    assert find_interpreter(project) == Path(sys.executable)
