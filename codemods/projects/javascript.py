"""What a ``package.json`` and the lock files beside it say. https://docs.npmjs.com/cli/configuring-npm/package-json."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from codemods.analysis.paths import file_name, join
from codemods.analysis.tables import table
from codemods.projects.facts import detection
from codemods.projects.model import Claim, Manifest, Scope

if TYPE_CHECKING:
    from codemods.projects.files import Files

_RUNTIME = ("dependencies", "optionalDependencies")


def javascript_manifest(files: Files, directory: str) -> Manifest:
    """Read the manifest of a directory; the lock file, and who installs, may be told above it (workspaces).

    Args:
        files: The project.
        directory: The directory.
    """
    path = join(directory, "package.json")
    package = files.json(path)
    levels = [directory, *map(str, PurePosixPath(directory).parents)]
    levels = list(dict.fromkeys(levels))
    locks = _locks(files, levels)
    manager, version, warnings = _manager(files, levels, locks)
    lock = next((item for item, name in locks if name == manager), "")
    if manager == "yarn" and not version and lock:
        # https://yarnpkg.com/migration/guide: the first line of the old format is a comment with its number.
        version = "classic" if "# yarn lockfile v1" in files.text(lock)[:200] else "berry"
    name, main = package.get("name"), package.get("main")
    return Manifest(
        name=name if isinstance(name, str) else "",
        package_manager=manager,
        package_manager_version=version,
        dependencies_file=path if files.exists(path) else "",
        lock_file=lock,
        scopes=(
            Scope("main", path, _names(package, *_RUNTIME)),
            Scope("group", "devDependencies", _names(package, "devDependencies")),
        ),
        claims=tuple(_claims(files, levels)),
        scripts={
            str(key): value for key, value in table(package, "scripts").items() if isinstance(value, str)
        },
        module_name=main if isinstance(main, str) else "",
        warnings=tuple(warnings),
    )


def _names(package: dict[str, Any], *keys: str) -> frozenset[str]:
    return frozenset(str(name) for key in keys for name in table(package, key))


def _locks(files: Files, levels: list[str]) -> list[tuple[str, str]]:
    """Return the lock files of the nearest directory that has one, each with its package manager."""
    known = {lock: name for name, facts in detection().managers.items() for lock in facts.locks}
    for level in levels:
        found = [(path, known.get(file_name(path), "")) for path in files.inside(level)]
        if locks := [
            item for item in found if item[1] and detection().managers[item[1]].language == "javascript"
        ]:
            return locks
    return []


def _manager(files: Files, levels: list[str], locks: list[tuple[str, str]]) -> tuple[str, str, list[str]]:
    """Say who installs: the field ``packageManager``, a pin of Volta or ``devEngines``, then the lock file.

    https://nodejs.org/api/packages.html#packagemanager
    """
    named, version, source = "", "", ""
    for level in levels:
        path = join(level, "package.json")
        package = files.json(path)
        wanted = package.get("packageManager")
        if isinstance(wanted, str) and (
            match := re.match(r"(npm|pnpm|yarn|bun)@v?(\d[0-9A-Za-z.-]*)", wanted)
        ):
            named, version, source = match[1], match[2], f"packageManager in {path}"
        elif (wanted := table(package, "devEngines", "packageManager").get("name")) in detection().managers:
            named, source = str(wanted), f"devEngines in {path}"
        else:
            pins = [name for name in ("pnpm", "yarn") if name in table(package, "volta")]
            named, source = (pins[0], f"volta in {path}") if pins else ("", "")
        if named:
            break
    tools = [name for name in detection().managers if name in {tool for _, tool in locks}]
    chosen = named or (tools[0] if tools else "npm")
    warnings = []
    listed = ", ".join(path for path, _ in locks)
    if len(tools) > 1:
        reason = source or "the newest of these tools"
        warnings.append(f"several lock files ({listed}): {chosen} is taken, by {reason}. Delete the others.")
    elif tools and tools[0] != chosen:
        warnings.append(f"{source} says {chosen}, but the lock file is {listed}; {chosen} is taken.")
    return chosen, version, warnings


def _claims(files: Files, levels: list[str]) -> list[Claim]:
    claims = []
    for level in levels:
        path = join(level, "package.json")
        package = files.json(path)
        if isinstance(pinned := table(package, "volta").get("node"), str):
            claims.append(Claim(pinned, path, exact=True))
        for wanted in (
            table(package, "engines").get("node"),
            table(package, "devEngines", "runtime").get("version"),
        ):
            if isinstance(wanted, str) and wanted.strip():
                exact = re.fullmatch(r"v?\d+\.\d+\.\d+", wanted.strip()) is not None
                claims.append(Claim(wanted, path, exact=exact))
    return claims
