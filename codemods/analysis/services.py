"""Several services in one repository: which directories they are, and one analysis over all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from codemods.analysis.manifest_files import manifest_directories
from codemods.analysis.model import Analysis
from codemods.analysis.paths import is_example_path, is_test_path

if TYPE_CHECKING:
    from codemods.analysis.files import Tree


def service_directories(tree: Tree, application_files: list[str]) -> list[str]:
    """Return the directories that hold a service each: an application, and a manifest or container file of its own.

    Args:
        tree: The project.
        application_files: Files that make an application.

    Returns:
        Sorted directories. One or none means that the project is no monorepo.
    """
    own = manifest_directories(tree)
    own |= {
        str(PurePosixPath(path).parent) for path in tree.others if path.rpartition("/")[2] == "Dockerfile"
    }
    files = [path for path in application_files if not is_test_path(path)]
    files = [path for path in files if not is_example_path(path)] or files
    found = set()
    for file in files:
        found.add(next((str(parent) for parent in PurePosixPath(file).parents if str(parent) in own), "."))
    return sorted(found)


def merged(root: str, parts: list[tuple[str, Analysis]]) -> Analysis:
    """Put the analyses of several services into one, with paths from the root of the repository."""
    whole = Analysis(root)
    whole.services = [directory for directory, _ in parts]
    for directory, part in parts:
        prefix = "" if directory == "." else f"{directory}/"
        whole.language = whole.language or part.language
        whole.framework = whole.framework or part.framework
        whole.framework_version = whole.framework_version or part.framework_version
        whole.framework_telemetry = whole.framework_telemetry or part.framework_telemetry
        whole.package_manager = whole.package_manager or part.package_manager
        whole.python_requires = whole.python_requires or part.python_requires
        for name in (
            "applications",
            "commands",
            "workers",
            "endpoints",
            "entry_points",
            "database_connections",
            "cache_connections",
            "http_clients",
            "launch_commands",
            "existing_instrumentation",
            "manifests",
            "skipped_files",
        ):
            getattr(whole, name).extend(_prefixed(item, prefix) for item in getattr(part, name))
        whole.async_operations.extend(
            {**item, "file": prefix + item["file"]} for item in part.async_operations
        )
        whole.unseen.extend(prefix + note for note in part.unseen)
        whole.dependencies = {**part.dependencies, **whole.dependencies}
        whole.libraries = sorted({*whole.libraries, *part.libraries})
        whole.instrumentation_needed.extend(
            item for item in part.instrumentation_needed if item not in whole.instrumentation_needed
        )
    whole.instrumentation_needed.sort(key=str.lower)
    return whole


def _prefixed(item: Any, prefix: str) -> Any:
    changed: dict[str, str] = {"file": prefix + item.file}
    if prefix and getattr(item, "directory", None) is not None:
        changed["directory"] = (prefix + item.directory).strip("/")
    return replace(item, **changed)
