"""Telemetry that a project has already: adopted or left alone, never doubled."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from codemods.analysis.model import Analysis, Endpoint, ExistingInstrumentation
from codemods.analysis.paths import is_test_path
from codemods.analysis.syntax import Call, Name, Source

if TYPE_CHECKING:
    from codemods.analysis.files import Tree
    from codemods.analysis.objects import Objects
    from codemods.analysis.project import Project
    from codemods.facts import RuntimeFacts

# Written by `copier`, here and in every project that uses the template.
ANSWERS_FILE = ".copier-answers.release-quality.yml"
_OWN_FOLDER = "instrumentation"
_NEUTRAL = re.compile(
    r"^(?:/(?:api|v\d+|utils?|internal|system|common|core|monitoring|status|public|_))+(?=/)"
)


def own_directories(tree: Tree) -> list[str]:
    """Return the folders that this tool rendered: `instrumentation` packages below an answers file of ours."""
    answers = [
        str(PurePosixPath(path).parent) for path in tree.others if path.rpartition("/")[2] == ANSWERS_FILE
    ]
    if not answers:
        return []
    folders = {
        str(PurePosixPath(path).parent)
        for path in tree.sources
        if PurePosixPath(path).parent.name == _OWN_FOLDER and path.endswith("/__init__.py")
    }
    return sorted(
        item for item in folders if any(root == "." or item.startswith(f"{root}/") for root in answers)
    )


def find_telemetry(
    project: Project,
    objects: Objects,
    runtime: RuntimeFacts,
    analysis: Analysis,
    endpoints: list[Endpoint],
    ours: list[str],
    configured: list[ExistingInstrumentation],
) -> list[ExistingInstrumentation]:
    """Find telemetry in code, launch commands and routes.

    Args:
        project: The parsed files, without the folders of ours.
        objects: Applications and routers.
        runtime: What counts as telemetry.
        analysis: For the launch commands and the package.
        endpoints: Endpoints of the chosen application.
        ours: Folders that this tool rendered.
        configured: What settings switch on.
    """
    found = list(configured)
    for source in project.parsed():
        if not is_test_path(source.path):
            found.extend(_in_calls(project, source, runtime))
            found.extend(_in_imports(project, source, runtime))
            found.extend(_ours(project, source, analysis, ours))
    for launch in analysis.launch_commands:
        found.extend(
            ExistingInstrumentation(fact.kind, fact.feature, launch.file, 0, command)
            for fact in runtime.existing
            for command in fact.commands
            if re.search(rf"(^|[\s/\"']){re.escape(command)}($|\s)", launch.command)
        )
    found.extend(
        ExistingInstrumentation("native_telemetry", "tracing", made.source.path, made.call.line, "telemetry=")
        for made in objects.all
        if made.is_app and "telemetry" in made.call.keywords and not is_test_path(made.source.path)
    )
    found.extend(_routes(runtime, endpoints))
    return sorted(dict.fromkeys(found), key=lambda item: (item.file, item.line, item.kind, item.detail))


def _in_calls(project: Project, source: Source, runtime: RuntimeFacts) -> list[ExistingInstrumentation]:
    calls = {name: item for item in runtime.existing for name in item.calls}
    return [
        ExistingInstrumentation(calls[name].kind, calls[name].feature, source.path, line, name)
        for call in source.calls
        for name, line in _named(project, source, call)
        if name in calls
    ]


def _in_imports(project: Project, source: Source, runtime: RuntimeFacts) -> list[ExistingInstrumentation]:
    loaded = [(project.absolute(source.path, item.target), item.line) for item in source.imports]
    return [
        ExistingInstrumentation(fact.kind, fact.feature, source.path, line, name)
        for target, line in dict.fromkeys([*loaded, *source.modules])
        for fact in runtime.existing
        for name in fact.imports
        if target == name or target.startswith(f"{name}.")
    ]


def _named(project: Project, source: Source, call: Call) -> list[tuple[str, int]]:
    """Return what a call calls and what it is given by name: `add_middleware(PrometheusMiddleware)`."""
    names = [call.function, *call.arguments, *call.keywords.values()]
    found = []
    for item in names:
        if isinstance(item, Name):
            symbol = project.resolve(source, call.scope, item.path)
            found.extend([] if symbol.path else [(symbol.full, call.line)])
    return found


def _ours(
    project: Project, source: Source, analysis: Analysis, ours: list[str]
) -> list[ExistingInstrumentation]:
    package = analysis.package
    if package is None:
        return []
    name = f"{package.name}.{_OWN_FOLDER}" if package.name else _OWN_FOLDER
    directory = _OWN_FOLDER if package.directory == "." else f"{package.directory}/{_OWN_FOLDER}"
    if directory not in ours:
        return []
    found = []
    for item in source.imports:
        target = project.absolute(source.path, item.target)
        if target.startswith(f"{name}."):
            module, _, function = target.removeprefix(f"{name}.").partition(".")
            feature = {"tracing": "tracing", "metrics": "metrics", "health": "health", "logs": "logging"}.get(
                module, module
            )
            found.append(ExistingInstrumentation("ours", feature, source.path, item.line, function or module))
    return found


def _routes(runtime: RuntimeFacts, endpoints: list[Endpoint]) -> list[ExistingInstrumentation]:
    known = runtime.well_known_routes
    kinds = (
        ("metrics_route", "metrics", known.metrics),
        ("health_route", "health", known.health),
        ("readiness_route", "health", known.readiness),
    )
    found = []
    for endpoint in endpoints:
        path = endpoint.path.rstrip("/") or "/"
        bare = _NEUTRAL.sub("", path)
        for kind, feature, paths in kinds:
            if path in paths or (bare in paths and kind != "metrics_route"):
                found.append(
                    ExistingInstrumentation(kind, feature, endpoint.file, endpoint.line, endpoint.path)
                )
    return found
