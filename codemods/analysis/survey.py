"""One look at a project: the whole of it, one service of it, or each of several."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from codemods.analysis.files import Tree, scan
from codemods.analysis.launch import find_launches
from codemods.analysis.manifest_files import manifest_directories
from codemods.analysis.objects import Objects
from codemods.analysis.one_service import survey_service
from codemods.analysis.paths import is_test_path
from codemods.analysis.prefilter import mentions
from codemods.analysis.project import Project
from codemods.analysis.request import LANGUAGE, Request
from codemods.analysis.services import merged, service_directories
from codemods.analysis.values import Evaluator
from codemods.errors import UsageError
from codemods.facts import frameworks, load_framework, python_facts

if TYPE_CHECKING:
    from codemods.analysis.model import Analysis


def survey(
    project_path: str | Path,
    *,
    language: str = "",
    framework: str = "",
    service: str = "",
    detect_endpoints: bool = True,
    detect_database: bool = True,
) -> Analysis:
    """Analyse a project; see `codemods.analysis.analyze`."""
    if language and language.lower() != LANGUAGE:
        raise UsageError(f"unknown language {language!r}", hint=f"Known languages: {LANGUAGE}.")
    known = (
        [load_framework(framework.lower())] if framework else [load_framework(name) for name in frameworks()]
    )
    request = Request(
        [facts for facts in known if facts.language == LANGUAGE],
        python_facts(),
        detect_endpoints,
        detect_database,
    )
    root = project_directory(project_path)
    tree = scan(root)
    if not tree.sources and not manifest_directories(tree):
        raise UsageError(
            "no Python project: it holds no Python file and no dependency file",
            where=str(project_path),
            hint="Give the directory that holds pyproject.toml, requirements.txt or the service's package.",
        )
    if service:
        directory = _service(root, tree, service)
        return _of_service(tree, directory, request)
    hits = request.candidates(tree)
    directories = service_directories(tree, _application_files(tree, request, hits))
    if len(directories) > 1:
        parts = [(item, survey_service(_part(tree, item, directories), request)) for item in directories]
        return merged(str(root), parts)
    return survey_service(tree, request, hits=hits)


def project_directory(project_path: str | Path) -> Path:
    """Check the path that the user gave and return it absolute.

    Raises:
        UsageError: It does not exist, is no directory, or cannot be listed.
    """
    path = Path(project_path)
    if not path.exists():
        raise UsageError(
            "no such directory", where=str(project_path), hint="Check the spelling, or change to the project."
        )
    if not path.is_dir():
        hint = f"Give the directory of the project instead: {path.parent}"
        raise UsageError("is a file, not a directory", where=str(project_path), hint=hint)
    if not os.access(path, os.R_OK | os.X_OK):
        raise UsageError(
            "cannot be read", where=str(project_path), hint="Check the permissions of the directory."
        )
    return path.resolve()


def _service(root: Path, tree: Tree, service: str) -> str:
    cleaned = str(PurePosixPath(service.replace("\\", "/")))
    inside = (root / cleaned).resolve()
    if not inside.is_dir() or not inside.is_relative_to(root):
        found = service_directories(tree, [path for path in tree.sources if not is_test_path(path)])
        names = ", ".join(found) or "none"
        raise UsageError(
            "no such service in this project", where=service, hint=f"Directories with a service: {names}."
        )
    relative = inside.relative_to(root).as_posix()
    return relative or "."


def _of_service(tree: Tree, directory: str, request: Request) -> Analysis:
    """Analyse one service; lock files and launch commands above it count where they are about it."""
    if directory == ".":
        return survey_service(tree, request)
    analysis = survey_service(tree.below(directory), request, outer=(tree, directory))
    depth = directory.count("/") + 1
    for launch in find_launches(tree).commands:
        inside = launch.directory == directory or launch.directory.startswith(f"{directory}/")
        if inside and not launch.file.startswith(f"{directory}/"):
            inner = launch.directory.removeprefix(directory).strip("/")
            file = "../" * depth + launch.file
            analysis.launch_commands.append(replace(launch, file=file, directory=inner))
    return analysis


def _part(tree: Tree, directory: str, directories: list[str]) -> Tree:
    if directory != ".":
        return tree.below(directory)
    others = tuple(f"{item}/" for item in directories if item != ".")
    part = Tree(tree.root, real_root=tree.real_root)
    part.sources = {path: data for path, data in tree.sources.items() if not path.startswith(others)}
    part.others = {path for path in tree.others if not path.startswith(others)}
    part.skipped = [item for item in tree.skipped if not item.file.startswith(others)]
    return part


def _application_files(tree: Tree, request: Request, hits: list[str]) -> list[str]:
    project = Project(tree, known=request.known_names())
    names = {name.rpartition(".")[2] for facts in request.frameworks for name in facts.applications}
    modules = {name for facts in request.frameworks for name in facts.modules}
    module, name = mentions(modules), mentions(names)
    for path in hits:
        data = tree.sources[path]
        if name.search(data) and module.search(data):
            project.read(path)
    objects = Objects(project, Evaluator(project), request.frameworks)
    objects.collect()
    return objects.files()
