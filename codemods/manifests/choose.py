"""Which file new run-time dependencies go to."""

from __future__ import annotations

import configparser
import posixpath
import re
import tomllib
from functools import partial
from typing import TYPE_CHECKING, Any

from codemods.analysis.model import ManifestFile
from codemods.manifests.formats import kind_of
from codemods.manifests.requirements import compiled_from
from codemods.manifests.text import BOM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codemods.manifests.model import Read

_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml")
_REQUIREMENTS = (
    "requirements.in",
    "requirements.txt",
    "requirements/production.in",
    "requirements/prod.in",
    "requirements/main.in",
    "requirements/base.in",
    "requirements/production.txt",
    "requirements/prod.txt",
    "requirements/main.txt",
    "requirements/base.txt",
    "requirements/requirements.txt",
)
_SOURCE_IN_HEADER = re.compile(
    r"(?<!\S)([\w./-]+\.in|(?:[\w./-]+/)?(?:pyproject\.toml|setup\.py|setup\.cfg))(?!\S)"
)


def detect(root: Path) -> list[ManifestFile]:
    """Find the dependency files at the top of a project.

    Args:
        root: The project directory.

    Returns:
        Every dependency and lock file found; one of them, at most, is ``main``.
    """

    def read(path: str) -> bytes | None:
        file = root / path
        return file.read_bytes() if file.is_file() else None

    found = list(_dependency_files(root, read))
    main = next((one.file for one in found if one.main), "")
    locks = [ManifestFile(name, "lock") for name in _LOCKS if (root / name).is_file()]
    # One file at most is the main one: the first that says it could be.
    return [ManifestFile(one.file, one.kind, main=one.file == main) for one in found] + locks


def main_manifest(manifests: list[ManifestFile], read: Read) -> ManifestFile | None:
    """Return the file to edit.

    A file that a compiler wrote from another is not edited: its source is. So is the file that dynamic metadata names.

    Args:
        manifests: What the analysis found.
        read: Reads a file of the project.

    Returns:
        None when the project has no file that could take run-time dependencies.
    """
    chosen = next((one for one in manifests if one.main), None)
    if chosen is None:
        candidates = [one for one in manifests if one.kind == "requirements"]
        chosen = candidates[0] if len(candidates) == 1 else None
    return _behind(chosen, read) if chosen else None


def _behind(chosen: ManifestFile, read: Read) -> ManifestFile:
    """Follow a manifest to the file that it is made from."""
    source = read(chosen.file) or b""
    if chosen.kind == "requirements":
        path = next((path for path in _sources(chosen.file, source) if read(path) is not None), None)
        return ManifestFile(path, kind_of(path), main=True) if path else chosen
    beside = partial(posixpath.join, posixpath.dirname(chosen.file))
    for name in _dynamic_files(chosen.file, source):
        path = posixpath.normpath(beside(name))
        if read(path) is not None:
            return _behind(ManifestFile(path, "requirements", main=True), read)
    for name in ("setup.cfg", "setup.py") if _is_dynamic(chosen.file, source) else ():
        if b"install_requires" in (read(beside(name)) or b""):
            return _behind(ManifestFile(beside(name), name, main=True), read)
    return chosen


def _sources(path: str, source: bytes) -> Iterator[str]:
    """Yield what a requirements file may have been compiled from: its ``.in``, then what its header names."""
    if path.endswith(".txt"):
        yield path.removesuffix(".txt") + ".in"
        for name in _SOURCE_IN_HEADER.findall(compiled_from(source)):
            yield posixpath.normpath(name)
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


def _dependency_files(root: Path, read: Read) -> Iterator[ManifestFile]:
    data = _toml(read("pyproject.toml") or b"")
    project, tool = data.get("project"), data.get("tool", {})
    kind = _pyproject_kind(root, data)
    requirements = [name for name in _REQUIREMENTS if read(name) is not None]
    dynamic = isinstance(project, dict) and "dependencies" in project.get("dynamic", [])
    if isinstance(project, dict) or "poetry" in tool:
        # A [project] table without dependencies beside a requirements file only carries metadata.
        metadata_only = kind == "pep621" and not dynamic and not (project or {}).get("dependencies")
        yield ManifestFile("pyproject.toml", kind, main=not (metadata_only and requirements))
    if read("Pipfile") is not None:
        yield ManifestFile("Pipfile", "pipfile", main=True)
    setup = [name for name in ("setup.cfg", "setup.py") if b"install_requires" in (read(name) or b"")]
    installs_itself = any(
        re.search(rb"^(-e\s+)?\.\s*$", read(name) or b"", re.MULTILINE) for name in requirements
    )
    for name in setup if installs_itself else ():
        yield ManifestFile(name, name, main=True)
    for name in requirements:
        yield ManifestFile(name, "requirements", main=True)
    for name in () if installs_itself else setup:
        yield ManifestFile(name, name, main=True)


def _pyproject_kind(root: Path, data: dict[str, Any]) -> str:
    tools = data.get("tool", {})
    for kind, lock in (("uv", "uv.lock"), ("poetry", "poetry.lock"), ("pdm", "pdm.lock")):
        if (root / lock).is_file() or kind in tools:
            return kind
    return "pep621"


def _dynamic_files(path: str, source: bytes) -> list[str]:
    """Return the requirement files that the metadata in ``pyproject.toml`` or ``setup.cfg`` is read from."""
    if path.endswith("setup.cfg"):
        config = configparser.RawConfigParser(strict=False)
        try:
            config.read_string(source.decode("latin-1"))
        except configparser.Error:
            return []
        value = config.get("options", "install_requires", fallback="").strip()
        return (
            [one.strip() for one in value.removeprefix("file:").split(",")]
            if value.startswith("file:")
            else []
        )
    if not _is_dynamic(path, source):
        return []
    tool = _toml(source).get("tool", {})
    setuptools = tool.get("setuptools", {}).get("dynamic", {}).get("dependencies", {})
    files = setuptools.get("file", []) if isinstance(setuptools, dict) else []
    hatch = tool.get("hatch", {}).get("metadata", {}).get("hooks", {}).get("requirements_txt", {})
    return ([files] if isinstance(files, str) else list(files)) + list(hatch.get("files", []))


def _is_dynamic(path: str, source: bytes) -> bool:
    if not path.endswith(".toml"):
        return False
    data = _toml(source)
    project = data.get("project")
    return (
        isinstance(project, dict)
        and "dependencies" in project.get("dynamic", [])
        and "poetry" not in data.get("tool", {})
    )


def _toml(source: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(source.decode("utf-8").removeprefix(BOM))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
