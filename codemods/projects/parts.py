"""The parts of a project: which directories have manifests, in which language, and which of them are services."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from codemods.analysis.manifest_files import manifest_directories
from codemods.analysis.paths import file_name, is_below, is_example_path, is_test_path, join, parent
from codemods.analysis.tables import table
from codemods.errors import UsageError
from codemods.projects import gradle
from codemods.projects.facts import any_of, detection
from codemods.projects.gradle import gradle_manifest
from codemods.projects.javascript import javascript_manifest
from codemods.projects.maven import maven_manifest
from codemods.projects.python import python_manifest
from codemods.projects.versions import base_images

if TYPE_CHECKING:
    from codemods.projects.files import Files
    from codemods.projects.model import Manifest

# Deeper manifests are fixtures and vendored code.
_MAX_DEPTH = 4
_ASSETS = re.compile(
    r"(^|/)(static|assets|public|vendor|vendored|third_party|migrations)/|\.min\.js$|\.d\.ts$"
)
_STARTS = ("start", "serve", "preview")


@dataclass(frozen=True)
class Part:
    """One directory with a manifest of one language.

    Attributes:
        directory: Where it stands.
        language: Its language.
        manifest: What it says.
        framework: The framework it depends on at run time; empty for none.
        is_service: Whether it is something that runs, and not a library or a collection of tools.
    """

    directory: str
    language: str
    manifest: Manifest
    framework: str = ""
    is_service: bool = False


def find_parts(files: Files) -> list[Part]:
    """Return the parts of a project, the root first, one for each language of a directory."""
    wanted: set[tuple[str, str]] = set()
    for name, facts in detection().languages.items():
        pattern = any_of(tuple(facts.manifests))
        directories = {parent(path) for path in files.paths if pattern.match(file_name(path))}
        if name == "python":
            directories = manifest_directories(files.tree)
        wanted |= {(directory, name) for directory in directories}
    found = []
    for directory, language in sorted(wanted):
        inside = f"{directory}/"
        aside = is_test_path(inside) or is_example_path(inside) or _ASSETS.search(inside)
        if directory == "." or not (aside or directory.count("/") >= _MAX_DEPTH):
            found.append(_part(files, directory, language))
    return sorted(found, key=lambda part: (part.directory != ".", part.directory, part.language))


def _part(files: Files, directory: str, language: str) -> Part:
    manifest = read_manifest(files, directory, language)
    framework = framework_of(manifest)
    starts = any(name in manifest.scripts for name in _STARTS)
    has_image = files.exists(join(directory, "Dockerfile")) or files.exists(join(directory, "Containerfile"))
    return Part(directory, language, manifest, framework, bool(framework) or starts or has_image)


def read_manifest(files: Files, directory: str, language: str) -> Manifest:
    """Read what the files of a directory say, as a project of one language."""
    if language == "python":
        return python_manifest(files, directory)
    if language == "javascript":
        return javascript_manifest(files, directory)
    has_gradle = any(files.exists(join(directory, name)) for name in (*gradle.NAMES, *gradle.SETTINGS))
    if not has_gradle:
        return maven_manifest(files, directory)
    if not files.exists(join(directory, "pom.xml")):
        return gradle_manifest(files, directory)
    maven = maven_manifest(files, directory)
    chosen = gradle_manifest(files, directory)
    if maven.wrapper or not chosen.wrapper:
        chosen = maven
    warning = f"{directory}: builds with Maven and with Gradle; {chosen.package_manager} is taken"
    return replace(chosen, warnings=(*chosen.warnings, warning))


def framework_of(manifest: Manifest) -> str:
    """Return the web framework among the packages that are there at run time; empty for none."""
    found = (name for name, facts in detection().frameworks.items() if manifest.main & set(facts.packages))
    return next(found, "")


def choose_part(files: Files, parts: list[Part], service: str) -> Part:
    """Choose what the answers are about.

    Args:
        files: The project.
        parts: Its parts.
        service: The directory that was asked for; empty for the root, or for the largest service where the root holds
            nothing but tools.

    Raises:
        UsageError: There is nothing in a known language.
    """
    here = [part for part in parts if part.directory == (service or ".")]
    services = [part for part in parts if part.is_service and part.directory != "."]
    if here and (service or not services or any(_is_whole(files, part, services) for part in here)):
        return max(here, key=lambda part: _weight(files, part))
    if not service and (services or parts):
        return max(services or parts, key=lambda part: (bool(part.framework), *_weight(files, part)))
    directory = service or "."
    counts = _source_counts(files, directory)
    if not counts:
        raise UsageError(
            "no Python, JavaScript or Java project: it holds no manifest and no source file of these",
            where=str(files.tree.root),
            hint="Give the directory that holds pyproject.toml, package.json, pom.xml or build.gradle.",
        )
    language = max(sorted(counts), key=lambda name: counts[name])
    return _part(files, directory, language)


def _is_whole(files: Files, part: Part, services: list[Part]) -> bool:
    """Say whether the root's manifest is a project's, and not only the place where a repository keeps its tools."""
    if part.language == "javascript":
        package = files.json(part.manifest.dependencies_file)
        # Workspaces are one project, unless what they surround is a service in another language.
        together = files.exists("pnpm-workspace.yaml") or bool(package.get("workspaces"))
        described = any(package.get(key) for key in ("exports", "bin"))
        own = part.manifest.main or described or "start" in part.manifest.scripts
        return bool(own or (together and all(item.language == "javascript" for item in services)))
    if part.language == "python":
        pyproject = files.toml(join(part.directory, "pyproject.toml"))
        described = bool(table(pyproject, "project") or table(pyproject, "tool", "poetry"))
        return bool(part.manifest.main) or described
    return True


def _weight(files: Files, part: Part) -> tuple[int, int, int]:
    """Order the languages of one directory: what its image runs, what has a framework, what has most sources."""
    images = [
        image for path in _images(files, part.directory) for image in base_images(files.text(path))[-1:]
    ]
    runs = any(
        re.search(pattern, image)
        for pattern in detection().languages[part.language].images
        for image in images
    )
    return runs, bool(part.framework), _source_counts(files, part.directory)[part.language]


def _images(files: Files, directory: str) -> list[str]:
    pattern = any_of((detection().docker.image,))
    return [path for path in files.inside(directory) if pattern.match(path)]


def _source_counts(files: Files, directory: str) -> Counter[str]:
    """Count the source files of each language in or below a directory, without tests and assets."""
    endings = {suffix: name for name, facts in detection().languages.items() for suffix in facts.suffixes}
    counts: Counter[str] = Counter()
    for path in files.paths:
        name = endings.get(PurePosixPath(path).suffix)
        if name and is_below(path, directory) and not (is_test_path(path) or _ASSETS.search(path)):
            counts[name] += 1
    return counts or Counter(
        name
        for path in files.paths
        if is_below(path, directory) and (name := endings.get(PurePosixPath(path).suffix))
    )


def service_directories(parts: list[Part]) -> list[str]:
    """Return the directories of services, where there are several; the root counts only when it is one itself."""
    inner = {part.directory for part in parts if part.is_service and part.directory != "."}
    root = {part.directory for part in parts if part.directory == "." and part.framework}
    found = sorted(inner | root)
    return found if len(found) > 1 else []


def is_typescript(files: Files, part: Part) -> bool:
    """Say whether a part's sources are TypeScript."""
    if part.language != "javascript":
        return False
    configured = files.exists(join(part.directory, "tsconfig.json"))
    return configured or (
        "typescript" in part.manifest.packages and bool(files.match(r".*\.[cm]?tsx?", part.directory))
    )
