"""One look at a project, from the directory to the analysis: the detectors in order."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from codemods.analysis.applications import (
    find_applications,
    order_candidates,
    producers,
)
from codemods.analysis.files import Tree, scan
from codemods.analysis.launch import find_launches
from codemods.analysis.libraries import find_libraries, read_models
from codemods.analysis.manifest_files import manifest_directories
from codemods.analysis.manifests import Manifests, read_manifests
from codemods.analysis.model import Analysis, Application, Endpoint, LaunchCommand, Package, SkippedFile
from codemods.analysis.objects import Objects
from codemods.analysis.package import Roots, declared_roots, package_of
from codemods.analysis.paths import is_example_path, is_test_path
from codemods.analysis.prefilter import Prefilter, async_functions, mentions
from codemods.analysis.project import Project
from codemods.analysis.requirements import framework_telemetry, requirements_needed
from codemods.analysis.routes import Routes
from codemods.analysis.server_code import code_launches
from codemods.analysis.services import merged, service_directories
from codemods.analysis.tasks import find_entry_points
from codemods.analysis.telemetry import find_telemetry, own_directories
from codemods.analysis.values import Evaluator
from codemods.analysis.versions import framework_version
from codemods.errors import UsageError
from codemods.facts import Framework, RuntimeFacts, frameworks, load_framework, python_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

LANGUAGE = "python"
_MAX_ROUNDS = 4


@dataclass(frozen=True)
class Request:
    """What is asked for, with the facts that answer it."""

    frameworks: list[Framework]
    runtime: RuntimeFacts
    endpoints: bool = True
    database: bool = True


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
    hits = _hits(tree, request)
    directories = service_directories(tree, _application_files(tree, request, hits))
    if len(directories) > 1:
        parts = [(item, _survey_tree(_part(tree, item, directories), request)) for item in directories]
        return merged(str(root), parts)
    return _survey_tree(tree, request, hits=hits)


def _hits(tree: Tree, request: Request) -> list[str]:
    prefilter = Prefilter(request.frameworks, request.runtime)
    return [path for path, data in tree.sources.items() if prefilter.matches(data)]


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
        return _survey_tree(tree, request)
    analysis = _survey_tree(tree.below(directory), request, outer=(tree, directory))
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
    project = Project(tree, known=_known(request))
    names = {name.rpartition(".")[2] for facts in request.frameworks for name in facts.applications}
    modules = {name for facts in request.frameworks for name in facts.modules}
    module, name = mentions(modules), mentions(names)
    for path in hits:
        data = tree.sources[path]
        if name.search(data) and module.search(data):
            project.read(path)
    objects = Objects(project, Evaluator(project), request.frameworks)
    objects.collect()
    return sorted({item.source.path for item in objects.all if item.is_app})


def _survey_tree(
    tree: Tree, request: Request, outer: tuple[Tree, str] | None = None, hits: list[str] | None = None
) -> Analysis:
    """Analyse the files of one service."""
    ours = own_directories(tree)
    for directory in ours:
        tree.sources = {
            path: data for path, data in tree.sources.items() if not path.startswith(f"{directory}/")
        }
    launches = find_launches(tree)
    project = Project(tree, known=_known(request))
    for path in _hits(tree, request) if hits is None else hits:
        project.read(path)
    objects = _objects(project, request)
    main_file = _main_file(objects, launches.commands)
    manifests = read_manifests(tree, _manifest_directory(tree, main_file))
    roots = Roots(tree, project.parsed(), launches.commands, _declared(manifests))
    guess = main_file or _fallback_file(tree, launches.commands)
    import_root = roots.of(guess) if guess else "."
    if import_root != project.import_root:
        project.set_import_root(import_root)
        objects = _objects(project, request)
    evaluator = objects.evaluator
    for source in project.parsed():
        launches.commands.extend(code_launches(project, source, request.runtime.server_calls))
    routes = Routes(objects)
    counted = {id(item): routes.endpoints(item) for item in objects.all if item.is_app}
    numbers = {key: len(value) for key, value in counted.items()} if request.endpoints else {}

    analysis = Analysis(str(tree.root), LANGUAGE)
    analysis.launch_commands = sorted(dict.fromkeys(launches.commands), key=lambda item: item.file)
    analysis.applications = find_applications(objects, analysis.launch_commands, routes.mounted, numbers)
    chosen = next(iter(order_candidates(analysis)), None)
    analysis.package = _package(tree, project, chosen, guess)
    endpoints = _endpoints_of(analysis, objects, counted, chosen)
    if request.endpoints:
        analysis.endpoints, analysis.unseen = endpoints, sorted(routes.unseen)
    facts = _framework(request, chosen, manifests, project)
    analysis.framework = facts.name if facts else ""
    _fill_manifests(analysis, tree, manifests, facts, outer)
    if request.database:
        read_models(project, request.runtime)
    found = find_libraries(project, evaluator, request.runtime)
    if request.database:
        analysis.database_connections = found.databases
    analysis.cache_connections, analysis.http_clients = found.caches, found.http
    analysis.entry_points = find_entry_points(project, evaluator, request.runtime, analysis, found)
    analysis.existing_instrumentation = find_telemetry(
        project, objects, request.runtime, analysis, endpoints, ours
    )
    analysis.async_operations = [
        {"file": path, "functions": names}
        for path, data in tree.sources.items()
        if not is_test_path(path) and (names := async_functions(data))
    ]
    if facts:
        analysis.framework_telemetry = framework_telemetry(facts, analysis.framework_version)
    analysis.libraries = found.names
    analysis.instrumentation_needed = requirements_needed(request.runtime, facts, analysis)
    skipped = {
        (item.file, item.reason): item
        for item in (*tree.skipped, *project.skipped, *launches.skipped, *manifests.skipped)
    }
    analysis.skipped_files = [item for _, item in sorted(skipped.items())]
    return analysis


def _known(request: Request) -> frozenset[str]:
    """Return every dotted name that the facts speak of."""
    names = {name for facts in request.frameworks for name in (*facts.applications, *facts.routers)}
    names.update(made.call for library in request.runtime.libraries.values() for made in library.constructors)
    names.update(name for item in request.runtime.existing for name in item.calls)
    return frozenset(names)


def _objects(project: Project, request: Request) -> Objects:
    """Find applications and routers; files that only mention what others make are parsed in further rounds."""
    objects = Objects(project, Evaluator(project), request.frameworks)
    objects.collect()
    searched: set[str] = set()
    for _ in range(_MAX_ROUNDS):
        names = producers(objects) - searched
        if not names:
            break
        searched |= names
        pattern = mentions(names)
        # A name alone is common (`app`); the file must import something to reach the object.
        for path, data in project.tree.sources.items():
            if path not in project.sources and b"import" in data and pattern.search(data):
                project.read(path)
        objects.collect()
    return objects


def _main_file(objects: Objects, launches: Iterable[LaunchCommand]) -> str:
    modules = {
        launch.target.partition(":")[0].replace(".", "/") for launch in launches if ":" in launch.target
    }

    def rank(path: str) -> tuple[bool, bool, bool, int, str]:
        stem = path.removesuffix(".py").removesuffix("/__init__")
        launched = any(stem == module or stem.endswith(f"/{module}") for module in modules)
        return (is_test_path(path), is_example_path(path), not launched, path.count("/"), path)

    files = {item.source.path for item in objects.all if item.is_app}
    return min(files, key=rank) if files else ""


def _fallback_file(tree: Tree, launches: Iterable[LaunchCommand]) -> str:
    """Return a file that stands for the service's code where no application was found."""
    for launch in launches:
        module = launch.target.partition(":")[0].replace(".", "/")
        for path in tree.sources:
            stem = path.removesuffix(".py").removesuffix("/__init__")
            if module and (stem == module or stem.endswith(f"/{module}")):
                return path
    usual = [path for path in tree.sources if not is_test_path(path) and not path.endswith("setup.py")]
    return min(usual, key=lambda path: (not path.endswith("__init__.py"), path.count("/"), path), default="")


def _manifest_directory(tree: Tree, file: str) -> str:
    directories = manifest_directories(tree)
    for parent in PurePosixPath(file or "x").parents:
        if str(parent) in directories:
            return str(parent)
    return min(directories, key=lambda item: (item.count("/"), item), default=".") if not file else "."


def _declared(manifests: Manifests) -> list[str]:
    roots = declared_roots(manifests.declared)
    if manifests.directory == ".":
        return roots
    return [manifests.directory if root == "." else f"{manifests.directory}/{root}" for root in roots]


def _package(tree: Tree, project: Project, chosen: Application | None, guess: str) -> Package | None:
    file = chosen.file if chosen else guess
    return package_of(tree, project.import_root, file) if file else None


def _endpoints_of(
    analysis: Analysis, objects: Objects, counted: dict[int, list[Endpoint]], chosen: Application | None
) -> list[Endpoint]:
    made = [item for item in objects.all if item.is_app]
    for item, application in zip(made, analysis.applications, strict=True):
        if application is chosen:
            return counted[id(item)]
    return []


def _framework(
    request: Request, chosen: Application | None, manifests: Manifests, project: Project
) -> Framework | None:
    if chosen:
        return next(facts for facts in request.frameworks if facts.name == chosen.framework)
    for facts in request.frameworks:
        if facts.distribution in manifests.dependencies:
            return facts
    imported = {item.target.partition(".")[0] for source in project.parsed() for item in source.imports}
    return next((facts for facts in request.frameworks if imported & set(facts.modules)), None)


def _fill_manifests(
    analysis: Analysis,
    tree: Tree,
    manifests: Manifests,
    facts: Framework | None,
    outer: tuple[Tree, str] | None,
) -> None:
    if outer is not None:
        above = read_manifests(*outer)
        manifests.locked = {**above.locked, **manifests.locked}
        manifests.python_requires = manifests.python_requires or above.python_requires
        if not any(item.kind == "lock" for item in manifests.files):
            manifests.package_manager = above.package_manager
    analysis.manifests = manifests.files
    analysis.package_manager = manifests.package_manager
    analysis.dependencies = manifests.dependencies
    analysis.python_requires = manifests.python_requires
    analysis.service_name = service_name(manifests.name or _named(tree.root, manifests.directory))
    if facts:
        analysis.framework_version = framework_version(tree, manifests, facts.distribution)


def _named(root: Path, directory: str) -> str:
    return root.name if directory == "." else PurePosixPath(directory).name


def service_name(text: str) -> str:
    """Make a service name out of a project's or directory's name."""
    cleaned = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")
    return cleaned or "service"


__all__ = ["SkippedFile", "project_directory", "service_name", "survey"]
