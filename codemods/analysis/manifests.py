"""Everything that the dependency files of one service say. Reading only."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from codemods.analysis.dependencies import read_dependencies
from codemods.analysis.manifest_files import choose_main, list_files, name_tools
from codemods.analysis.paths import join
from codemods.analysis.versions import read_locks

if TYPE_CHECKING:
    from codemods.analysis.files import Tree
    from codemods.analysis.model import ManifestFile, SkippedFile


@dataclass
class Manifests:
    """What the dependency files of one service say."""

    directory: str = "."
    files: list[ManifestFile] = field(default_factory=list)
    package_manager: str = ""
    dependencies: dict[str, str] = field(default_factory=dict)
    python_requires: str = ""
    name: str = ""
    locked: dict[str, str] = field(default_factory=dict)
    projects: dict[str, dict[str, Any]] = field(default_factory=dict)
    declared: dict[str, Any] = field(default_factory=dict)
    skipped: list[SkippedFile] = field(default_factory=list)


def read_manifests(tree: Tree, directory: str) -> Manifests:
    """Read the dependency files in a directory; lock files and project files above it count as well.

    Args:
        tree: The project.
        directory: Directory of the service's own manifest, relative to the root.
    """
    found = Manifests(directory)
    levels = [str(parent) for parent in [PurePosixPath(directory), *PurePosixPath(directory).parents]]
    for level in dict.fromkeys(levels):
        list_files(tree, level, found)
    name_tools(found)
    choose_main(tree, found)
    read_dependencies(tree, found)
    read_locks(tree, found)
    found.files = sorted(found.files, key=lambda item: (item.file.count("/"), item.file))
    found.declared = found.projects.get(join(directory, "pyproject.toml")) or {}
    return found
