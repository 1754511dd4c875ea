"""One service, from its files to its analysis: the detectors in order."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from codemods.analysis.applications import find_applications, find_commands, order_candidates
from codemods.analysis.configured import named_settings, read_configured
from codemods.analysis.launch import find_launches
from codemods.analysis.libraries import find_libraries, read_models
from codemods.analysis.main_file import fallback_file, main_file, manifest_directory
from codemods.analysis.manifests import Manifests, read_manifests
from codemods.analysis.model import Analysis
from codemods.analysis.objects import find_objects
from codemods.analysis.package import Roots, added_roots, declared_roots, package_of
from codemods.analysis.paths import is_test_path
from codemods.analysis.prefilter import async_functions
from codemods.analysis.project import Project
from codemods.analysis.request import LANGUAGE
from codemods.analysis.requirements import framework_telemetry, requirements_needed
from codemods.analysis.routes import read_routes
from codemods.analysis.server_code import code_launches
from codemods.analysis.task_workers import find_workers
from codemods.analysis.tasks import find_entry_points
from codemods.analysis.telemetry import find_telemetry, own_directories
from codemods.analysis.versions import framework_version

if TYPE_CHECKING:
    from codemods.analysis.files import Tree
    from codemods.analysis.launch import Launches
    from codemods.analysis.model import Application, Endpoint, Package
    from codemods.analysis.objects import Objects
    from codemods.analysis.request import Request
    from codemods.facts import Framework


def survey_service(
    tree: Tree, request: Request, outer: tuple[Tree, str] | None = None, hits: list[str] | None = None
) -> Analysis:
    """Analyse the files of one service: the detectors in order.

    Args:
        tree: Its files; our own are left out.
        request: What is asked for.
        outer: The repository it is part of, and where; what stands above it counts as well.
        hits: The files that the prefilter lets through, where that is known.
    """
    ours = own_directories(tree)
    for directory in ours:
        tree.sources = {
            path: data for path, data in tree.sources.items() if not path.startswith(f"{directory}/")
        }
    launches = find_launches(tree)
    objects, manifests, guess = _objects(tree, request, launches, hits)
    project = objects.project
    evaluator = objects.evaluator
    for source in project.parsed():
        launches.commands.extend(code_launches(objects, source, request.runtime.server_calls))
    routes = read_routes(objects)
    configured = read_configured(objects, request.frameworks, request.runtime)
    counted = {
        id(item): configured.endpoints
        if item.framework.name == configured.framework
        else routes.endpoints(item)
        for item in objects.all
        if item.is_app
    }
    numbers = {key: len(value) for key, value in counted.items()} if request.endpoints else {}

    analysis = Analysis(str(tree.root), LANGUAGE)
    analysis.launch_commands = sorted(dict.fromkeys(launches.commands), key=lambda item: item.file)
    analysis.applications = find_applications(objects, analysis.launch_commands, routes.mounted, numbers)
    analysis.commands = find_commands(objects)
    chosen = next(iter(order_candidates(analysis)), None)
    analysis.package = _package(tree, project, chosen, guess)
    endpoints = _endpoints_of(analysis, objects, counted, chosen)
    if request.endpoints:
        analysis.endpoints, analysis.unseen = endpoints, sorted([*routes.unseen, *configured.unseen])
    facts = _framework(request, chosen, manifests, project)
    analysis.framework = facts.name if facts else ""
    _fill_manifests(analysis, tree, manifests, facts, outer)
    if request.database:
        read_models(project, request.runtime)
    found = find_libraries(
        project, evaluator, request.runtime, configured.connections, frozenset(objects.files())
    )
    if request.database:
        analysis.database_connections = found.databases
    analysis.cache_connections, analysis.http_clients = found.caches, found.http
    analysis.workers = find_workers(project, evaluator, request.runtime)
    analysis.entry_points = find_entry_points(project, objects, request.runtime, analysis, found)
    analysis.existing_instrumentation = find_telemetry(
        project, objects, request.runtime, analysis, endpoints, ours, configured.telemetry
    )
    analysis.async_operations = _async_operations(tree)
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


def _objects(
    tree: Tree, request: Request, launches: Launches, hits: list[str] | None
) -> tuple[Objects, Manifests, str]:
    """Parse what matters and find the objects, from the import root that the service has.

    Returns:
        The objects, the manifests, and the file to go by where no object tells.
    """
    project = Project(tree, known=request.known_names())
    for path in request.candidates(tree) if hits is None else hits:
        project.read(path)
    objects = find_objects(project, request.frameworks)
    main = main_file(objects, launches.commands)
    manifests = read_manifests(tree, manifest_directory(tree, main))
    scripts = [item.source.path for item in objects.commands if not is_test_path(item.source.path)]
    roots = Roots(
        tree, project.parsed(), launches.commands, _declared(manifests), scripts, named_settings(objects)
    )
    guess = main or fallback_file(tree, launches.commands)
    import_root = roots.of(guess) if guess else "."
    more_roots = added_roots(tree, import_root, _declared(manifests))
    if (import_root, more_roots) != (project.import_root, project.more_roots):
        project.set_import_root(import_root, more_roots)
        objects = find_objects(project, request.frameworks)
    return objects, manifests, guess


def _async_operations(tree: Tree) -> list[dict[str, object]]:
    return [
        {"file": path, "functions": names}
        for path, data in tree.sources.items()
        if not is_test_path(path) and (names := async_functions(data))
    ]


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


def _declared(manifests: Manifests) -> list[str]:
    roots = declared_roots(manifests.declared)
    if manifests.directory == ".":
        return roots
    return [manifests.directory if root == "." else f"{manifests.directory}/{root}" for root in roots]


def _named(root: Path, directory: str) -> str:
    return root.name if directory == "." else PurePosixPath(directory).name


def service_name(text: str) -> str:
    """Make a service name out of a project's or directory's name."""
    cleaned = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")
    return cleaned or "service"
