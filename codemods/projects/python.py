"""What the files of a Python project say: package manager, lock file, versions, packages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.analysis.manifests import read_manifests
from codemods.analysis.paths import file_name, join
from codemods.analysis.tables import table
from codemods.projects.facts import detection
from codemods.projects.model import Claim, Manifest
from codemods.projects.python_scopes import python_scopes

if TYPE_CHECKING:
    from codemods.analysis.manifests import Manifests
    from codemods.projects.files import Files


def python_manifest(files: Files, directory: str) -> Manifest:
    """Read the manifests of a directory; lock files and project files above it count as well.

    Args:
        files: The project.
        directory: The directory.
    """
    manifests = read_manifests(files.tree, directory)
    for item in manifests.skipped:
        files.skip(item.file, item.reason)
    locks = {path: name for path, name in _locks(manifests) if name}
    manager, warnings = _manager(files, directory, manifests, locks)
    main = next((item.file for item in manifests.files if item.main), "")
    lock = next((path for path, name in locks.items() if name == manager), "")
    if not lock and manager == "pip":
        lock = next(
            (item.file for item in manifests.files if item.kind == "lock" and item.file.endswith(".txt")), ""
        )
    return Manifest(
        name=manifests.name,
        package_manager=manager or "pip",
        dependencies_file=main or _bare_project(files, directory),
        lock_file=lock,
        scopes=tuple(python_scopes(files, directory, manifests)),
        claims=tuple(_claims(files, directory, manifests)),
        warnings=tuple(warnings),
    )


def _bare_project(files: Files, directory: str) -> str:
    path = join(directory, "pyproject.toml")
    return path if table(files.toml(path), "project") else ""


def _locks(manifests: Manifests) -> list[tuple[str, str]]:
    """Return the lock files, the nearest first, each with its package manager."""
    known = {lock: name for name, facts in detection().managers.items() for lock in facts.locks}
    found = [item.file for item in manifests.files if item.kind == "lock"]
    return [
        (path, known.get(file_name(path), "")) for path in sorted(found, key=lambda item: -item.count("/"))
    ]


def _manager(
    files: Files, directory: str, manifests: Manifests, locks: dict[str, str]
) -> tuple[str, list[str]]:
    """Say who installs the packages: the tool that the project file is written for, then the one with a lock file."""
    tools = [name for name in detection().managers if name in locks.values()]
    if len(tools) < 2:  # noqa: PLR2004 - nothing to choose from
        return (tools[0] if tools else manifests.package_manager), []
    pyproject = files.toml(join(directory, "pyproject.toml"))
    backend = str(table(pyproject, "build-system").get("build-backend", ""))
    named = [name for name in tools if name in table(pyproject, "tool") or name in backend]
    chosen = (named or tools)[0]
    listed = ", ".join(sorted(locks))
    reason = "the project file is written for it" if named else "the newest of these tools"
    return chosen, [f"several lock files ({listed}): {chosen} is taken, {reason}. Delete the others."]


def _claims(files: Files, directory: str, manifests: Manifests) -> list[Claim]:
    pipfile = join(directory, "Pipfile")
    requires = table(files.toml(pipfile), "requires")
    claims = [
        Claim(requires[key], pipfile, exact=True)
        for key in ("python_full_version", "python_version")
        if isinstance(requires.get(key), str)
    ]
    if manifests.python_requires and not claims:
        source = next(
            (
                item.file
                for item in manifests.files
                if item.file.endswith(("pyproject.toml", "setup.cfg", "setup.py"))
                and re.search(r"python", files.text(item.file))
            ),
            manifests.directory,
        )
        pinned = re.fullmatch(r"(?:={2,3}\s*)?(\d+\.\d+(?:\.\d+)?)", manifests.python_requires.strip())
        claims.append(Claim(pinned[1] if pinned else manifests.python_requires, source, exact=bool(pinned)))
    return claims
