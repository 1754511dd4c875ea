"""Which file stands for a service, and which manifest is its own."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from codemods.analysis.manifest_files import manifest_directories
from codemods.analysis.paths import is_example_path, is_test_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemods.analysis.files import Tree
    from codemods.analysis.model import LaunchCommand
    from codemods.analysis.objects import Objects


def main_file(objects: Objects, launches: Iterable[LaunchCommand]) -> str:
    """Return the file of the most likely application; empty when there is none."""
    modules = {
        launch.target.partition(":")[0].replace(".", "/") for launch in launches if ":" in launch.target
    }

    def rank(path: str) -> tuple[bool, bool, bool, bool, int, str]:
        stem = path.removesuffix(".py").removesuffix("/__init__")
        launched = any(stem == module or stem.endswith(f"/{module}") for module in modules)
        hidden = path not in offered
        return (is_test_path(path), is_example_path(path), not launched, hidden, path.count("/"), path)

    made = [item for item in objects.all if item.is_app]
    files = {item.source.path for item in made}
    offered = {
        item.source.path
        for item in made
        if not item.framework.served_as or item.source.assigned("", item.framework.served_as)
    }
    files = files or {item.source.path for item in objects.commands}
    return min(files, key=rank) if files else ""


def fallback_file(tree: Tree, launches: Iterable[LaunchCommand]) -> str:
    """Return a file that stands for the service's code where no application was found."""
    for launch in launches:
        module = launch.target.partition(":")[0].replace(".", "/")
        for path in tree.sources:
            stem = path.removesuffix(".py").removesuffix("/__init__")
            if module and (stem == module or stem.endswith(f"/{module}")):
                return path
    usual = [path for path in tree.sources if not is_test_path(path) and not path.endswith("setup.py")]
    return min(usual, key=lambda path: (not path.endswith("__init__.py"), path.count("/"), path), default="")


def manifest_directory(tree: Tree, file: str) -> str:
    """Return the directory of the dependency file that is nearest above a file; the uppermost one for no file."""
    directories = manifest_directories(tree)
    for parent in PurePosixPath(file or "x").parents:
        if str(parent) in directories:
            return str(parent)
    return min(directories, key=lambda item: (item.count("/"), item), default=".") if not file else "."
