"""Which file new run-time dependencies go to."""

from __future__ import annotations

import configparser
import posixpath
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codemods.analysis.model import ManifestFile
from codemods.manifests.model import Read
from codemods.manifests.requirements import compiled_from
from codemods.manifests.text import BOM

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
    if chosen.kind == "requirements" and chosen.file.endswith(".txt"):
        beside = chosen.file.removesuffix(".txt") + ".in"
        if read(beside) is not None:
            return ManifestFile(beside, "requirements", main=True)
        for name in _SOURCE_IN_HEADER.findall(compiled_from(source)):
            for path in dict.fromkeys(
                (posixpath.normpath(name), posixpath.join(posixpath.dirname(chosen.file), name))
            ):
                if read(path) is not None:
                    return ManifestFile(path, _kind(path), main=True)
    if posixpath.basename(chosen.file) in ("pyproject.toml", "setup.cfg"):
        for name in _dynamic_files(chosen.file, source):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(chosen.file), name))
            if read(path) is not None:
                return _behind(ManifestFile(path, "requirements", main=True), read)
        if _is_dynamic(chosen.file, source):
            for name in ("setup.cfg", "setup.py"):
                path = posixpath.join(posixpath.dirname(chosen.file), name)
                if b"install_requires" in (read(path) or b""):
                    return _behind(ManifestFile(path, name, main=True), read)
    return chosen


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


def _kind(path: str) -> str:
    name = posixpath.basename(path)
    return {"pyproject.toml": "pep621", "setup.py": "setup.py", "setup.cfg": "setup.cfg"}.get(
        name, "requirements"
    )


def _toml(source: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(source.decode("utf-8").removeprefix(BOM))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
