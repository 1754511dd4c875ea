"""Find the Python that a project runs with: its own environment, never this tool's by accident."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Package managers that keep environments elsewhere: the file that shows them, and how they are asked.
_MANAGERS = (
    ("poetry.lock", ("poetry", "env", "info", "--executable")),
    ("pdm.lock", ("pdm", "info", "--python")),
    ("Pipfile", ("pipenv", "--py")),
    ("uv.lock", ("uv", "python", "find", "--offline")),
)
_HAS = "import importlib.util as u, sys; print(*[m for m in sys.argv[1:] if u.find_spec(m) is None])"


def find_interpreter(root: Path, python: str = "", *, modules: Sequence[str] = ()) -> Path:
    """Find the interpreter that has what a project needs.

    Args:
        root: The service's directory; environments above it, up to the repository's root, count too.
        python: The user's choice, an interpreter or an environment's directory: taken or refused.
        modules: Top-level modules that it must have: the framework, the server.

    Returns:
        The interpreter's path.

    Raises:
        UsageError: None has them; says which were tried and what each lacks.
    """
    tried: list[str] = []
    for label, candidate in [("--python", _given(python))] if python else _candidates(root):
        lacking = lacking_modules(candidate, modules)
        if lacking is None:
            tried.append(f"{label} {candidate}: does not start")
        elif lacking:
            tried.append(f"{label} {candidate}: has no {', '.join(lacking)}")
        else:
            return candidate
    needed = " and ".join(modules) or "the project's packages"
    raise UsageError(
        f"no Python with {needed} was found" + "".join(f"\n    tried {line}" for line in tried),
        where=str(root),
        hint=_advice(root),
    )


def _given(python: str) -> Path:
    path = Path(python).expanduser()
    if path.is_dir():
        return _of_environment(path) or path
    return Path(shutil.which(python) or path)


def _candidates(root: Path) -> Iterator[tuple[str, Path]]:
    seen: set[Path] = set()
    for label, path in _places(root.resolve()):
        if path is not None and path not in seen:
            seen.add(path)
            yield label, path


def _places(root: Path) -> Iterator[tuple[str, Path | None]]:
    # An environment of the project says more than an active one, which may be this tool's.
    for directory in _up_to_repository(root):
        for name in (os.environ.get("UV_PROJECT_ENVIRONMENT") or ".venv", ".venv", "venv", "env"):
            yield "environment", _of_environment(directory / name)
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if home := os.environ.get(variable):
            yield f"${variable}", _of_environment(Path(home))
    for directory in _up_to_repository(root):
        for file, command in _MANAGERS:
            if (directory / file).is_file() and shutil.which(command[0]):
                yield command[0], _ask(command, directory)
    yield "this tool's own", Path(sys.executable)


def _up_to_repository(root: Path) -> list[Path]:
    directories = [root, *root.parents]
    repository = next((index for index, up in enumerate(directories) if (up / ".git").exists()), 0)
    return directories[: repository + 1]


def _of_environment(home: Path) -> Path | None:
    for inside in ("bin/python", "Scripts/python.exe"):
        if (home / inside).exists():
            return home / inside
    return None


def _ask(command: Sequence[str], directory: Path) -> Path | None:
    try:
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    answer = done.stdout.strip().splitlines()
    return Path(answer[-1]) if done.returncode == 0 and answer else None


def lacking_modules(python: Path, modules: Sequence[str]) -> list[str] | None:
    """Return the modules that an interpreter does not have; None when it cannot be started."""
    try:
        # From a neutral directory: a folder of the project must not pass for an installed package.
        done = subprocess.run(
            [str(python), "-c", _HAS, *modules],
            cwd=python.parent if python.parent.is_dir() else None,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.split()


def _advice(root: Path) -> str:
    install = "pip install -r requirements.txt"
    for file, command in (
        ("uv.lock", "uv sync"),
        ("poetry.lock", "poetry install"),
        ("pdm.lock", "pdm install"),
        ("Pipfile", "pipenv install"),
    ):
        if (root / file).is_file():
            return f"Install the project ({command}) and try again, or name its interpreter with --python."
    if not (root / "requirements.txt").is_file():
        install = "pip install ."
    return (
        f"Install the project (python -m venv .venv && .venv/bin/{install}) and try again, "
        "or name its interpreter with --python."
    )
