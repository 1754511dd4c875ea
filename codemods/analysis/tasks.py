"""Ways into the program: HTTP applications, background work, command lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.model import Analysis, EntryPoint
from codemods.analysis.paths import is_test_path
from codemods.analysis.syntax import Call, Expression, Name, Source

if TYPE_CHECKING:
    from codemods.analysis.libraries import Libraries
    from codemods.analysis.objects import Objects
    from codemods.analysis.project import Project
    from codemods.analysis.values import Evaluator
    from codemods.facts import RuntimeFacts


def find_entry_points(
    project: Project, objects: Objects, runtime: RuntimeFacts, analysis: Analysis, libraries: Libraries
) -> list[EntryPoint]:
    """Return the entry points, sorted by file; mounted applications and test code are none."""
    found = [
        EntryPoint(item.file, "api", item.import_string or item.name, item.endpoints, item.framework)
        for item in analysis.applications
        if not item.mounted and not item.test_only
    ]
    found.extend(
        EntryPoint(item.file, "background_task", item.target, detail=item.type)
        for item in (*libraries.workers, *libraries.schedulers)
    )
    evaluator = objects.evaluator
    worker_objects = {item.target for item in libraries.workers if item.target}
    for source in project.parsed():
        if is_test_path(source.path):
            continue
        if _uses_background_tasks(project, source, runtime):
            found.append(EntryPoint(source.path, "background_task", detail="BackgroundTasks"))
        tasks = _task_functions(project, evaluator, source, runtime, worker_objects)
        if tasks:
            found.append(EntryPoint(source.path, "background_task", detail=f"tasks: {', '.join(tasks)}"))
        if commands := _framework_commands(objects, source):
            found.append(EntryPoint(source.path, "cli", detail=f"commands: {', '.join(commands)}"))
    found.extend(_command_lines(project, runtime, analysis))
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda item: (item.file, item.type, item.app, item.detail))


def _uses_background_tasks(project: Project, source: Source, runtime: RuntimeFacts) -> bool:
    wanted = set(runtime.background.tasks)
    for function in source.functions.values():
        for annotation in function.annotations.values():
            name = annotation.partition("[")[0].split("|")[0].strip().strip("\"'")
            if name and project.resolve(source, "", name).full in wanted:
                return True
    return any(project.full_name(source, call.scope, call.function) in wanted for call in source.calls)


def _task_functions(
    project: Project, evaluator: Evaluator, source: Source, runtime: RuntimeFacts, worker_objects: set[str]
) -> list[str]:
    return [
        function.qualname
        for function in source.functions.values()
        if any(
            _is_task(project, evaluator, source, item, runtime, worker_objects)
            for item in function.decorators
        )
    ]


def _is_task(
    project: Project,
    evaluator: Evaluator,
    source: Source,
    decorator: Expression,
    runtime: RuntimeFacts,
    worker_objects: set[str],
) -> bool:
    called = decorator.function if isinstance(decorator, Call) else decorator
    if not isinstance(called, Name):
        return False
    if project.resolve(source, "", called.path).full in runtime.background.decorators:
        return True
    owner, _, method = called.path.rpartition(".")
    if method != "task" or not owner:
        return False
    symbol = project.resolve(source, "", owner)
    if f"{project.module(symbol.path)}:{symbol.name}" in worker_objects:
        return True
    constructors = {
        made.call
        for library in runtime.libraries.values()
        if library.role == "worker"
        for made in library.constructors
    }
    return any(
        isinstance(value.expression, Call)
        and project.full_name(value.source, value.scope, value.expression.function) in constructors
        for value in evaluator.values(source, "", Name(owner))
    )


def _command_lines(project: Project, runtime: RuntimeFacts, analysis: Analysis) -> list[EntryPoint]:
    """Return the project scripts that lead to a command line of the project's own."""
    found = []
    for launch in analysis.launch_commands:
        if launch.server != "script" or not launch.target:
            continue
        dotted = launch.target.partition("[")[0].strip().replace(":", ".")
        symbol = project.locate(dotted)
        if symbol.path and symbol.name:
            found.append(EntryPoint(symbol.path, "cli", launch.target, detail=launch.command))
    known = {item.file for item in found}
    wanted = set(runtime.command_lines)
    for source in project.parsed():
        if source.path in known or is_test_path(source.path) or not source.main_guard:
            continue
        if any(project.full_name(source, call.scope, call.function) in wanted for call in source.calls):
            found.append(EntryPoint(source.path, "cli", detail=f"python -m {project.module(source.path)}"))
    return found


def _framework_commands(objects: Objects, source: Source) -> list[str]:
    """Return the functions that become commands of the framework's own program: `@app.cli.command("seed")`."""
    attributes = {f".{name}" for facts in objects.frameworks for name in facts.command_decorators}
    found = []
    for call in source.calls:
        path = call.function.path if isinstance(call.function, Name) else ""
        attribute = next((item for item in attributes if path.endswith(item)), "")
        if not call.decorates or not attribute:
            continue
        owners = objects.of(source, call.scope, Name(path.removesuffix(attribute)))
        if any(attribute[1:] in item.framework.command_decorators for item in owners):
            found.append(call.decorates.rpartition(".")[2])
    return found
