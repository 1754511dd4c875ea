"""Lock files: which are stale after an edit, and how the project's own tool makes them again."""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import subprocess
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any

from codemods.errors import ReleaseQualityError
from codemods.manifests.requirements import compiled_from

_COMMANDS = {
    "uv": ["uv", "lock"],
    "poetry": ["poetry", "lock"],
    "pdm": ["pdm", "lock", "--update-reuse"],
    "pipenv": ["pipenv", "lock"],
}
UNIVERSAL = frozenset({"uv", "poetry", "pdm"})
"""Package managers whose one lock file serves every Python that the project admits."""

_BESIDE_PYPROJECT = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")


def lock_command(package_manager: str) -> list[str]:
    """Return the command that makes a project's lock file again.

    Args:
        package_manager: ``uv``, ``poetry``, ``pdm`` or ``pipenv``.

    Returns:
        The command; empty for a package manager without lock files.
    """
    return list(_COMMANDS.get(package_manager, []))


def refresh_lock(root: Path, package_manager: str, *, timeout: float = 600) -> str:
    """Let the project's own tool make its lock file again.

    Args:
        root: The project directory.
        package_manager: ``uv``, ``poetry``, ``pdm`` or ``pipenv``.
        timeout: Seconds that the tool may take.

    Returns:
        The command that ran, as one line.

    Raises:
        ReleaseQualityError: There is no such tool, or it failed; its own last lines say why.
    """
    command = lock_command(package_manager)
    if not command:
        raise ReleaseQualityError(
            f"{package_manager or 'this project'} has no lock file that could be refreshed"
        )
    line = " ".join(command)
    if shutil.which(command[0]) is None:
        raise ReleaseQualityError(
            f"{command[0]} is not installed here", hint=f"Install it, or run `{line}` where it is installed."
        )
    # An activated environment is the user's business, not the project's.
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=timeout, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ReleaseQualityError(
            f"`{line}` did not end within {timeout:g} seconds", where=str(root)
        ) from error
    if done.returncode:
        tail = "\n  ".join((done.stderr or done.stdout).strip().splitlines()[-15:])
        raise ReleaseQualityError(f"`{line}` failed", where=str(root), hint=tail)
    return line


def stale_locks(root: Path, manifest: str, kind: str) -> list[str]:
    """Return the lock files that no longer fit a manifest after it was changed.

    Args:
        root: The project directory.
        manifest: The file that was changed, relative to ``root``.
        kind: Its kind.

    Returns:
        Paths relative to ``root``; one of a workspace above it begins with ``../``.
    """
    directory = posixpath.dirname(manifest)
    if kind == "requirements":
        return _compiled_from(root, manifest)
    if kind == "pipfile":
        return _existing(root, [posixpath.join(directory, "Pipfile.lock")])
    stale = _existing(root, [posixpath.join(directory, name) for name in _BESIDE_PYPROJECT])
    stale += [lock for lock in [_workspace_lock(root, directory)] if lock and lock not in stale]
    return stale + _compiled_from(root, manifest)


def _existing(root: Path, paths: list[str]) -> list[str]:
    return [path for path in paths if (root / path).is_file()]


def _compiled_from(root: Path, manifest: str) -> list[str]:
    """Return the files that were compiled from ``manifest``: their header names it, or they share its stem."""
    directory = root / posixpath.dirname(manifest)
    name = posixpath.basename(manifest)
    mention = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])")
    stale = []
    for file in sorted([*directory.glob("*.txt"), *directory.glob("requirements/*.txt")]):
        twin = (
            name.endswith(".in")
            and file.parent == directory
            and file.name == name.removesuffix(".in") + ".txt"
        )
        if twin or mention.search(compiled_from(file.read_bytes()[:4096])):
            stale.append(file.relative_to(root).as_posix())
    return [path for path in stale if path != manifest]


def _workspace_lock(root: Path, directory: str) -> str:
    """Return the lock of the uv workspace that ``directory`` is a member of; empty when there is none.

    https://docs.astral.sh/uv/concepts/projects/workspaces/
    """
    member = (root / directory).resolve()
    for above in () if (member / ".git").exists() else member.parents:
        file = above / "pyproject.toml"
        if file.is_file():
            workspace = _table(file, "tool", "uv", "workspace")
            inside = PurePosixPath("/", member.relative_to(above).as_posix())
            if (above / "uv.lock").is_file() and any(
                inside.match(f"/{one}") for one in workspace.get("members", [])
            ):
                return Path(os.path.relpath(above / "uv.lock", root.resolve())).as_posix()
        if (above / ".git").exists():
            break
    return ""


def _table(file: Path, *path: str) -> dict[str, Any]:
    try:
        value: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    for part in path:
        value = value.get(part, {}) if isinstance(value, dict) else {}
    return value if isinstance(value, dict) else {}
