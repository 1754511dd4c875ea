"""Applications: where they are made, what a server is told to load, and which one is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.analysis.model import Analysis, Application, LaunchCommand
from codemods.analysis.paths import is_example_path, is_test_path, parent
from codemods.analysis.syntax import Expression, Items, Name, Splat
from codemods.errors import UsageError
from codemods.facts import load_framework, python_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemods.analysis.objects import Objects, WebObject

_MOST_NAMED = 3
# Under which an application is looked for in a module; https://flask.palletsprojects.com/en/stable/cli/#application-discovery
_USUAL_NAMES = ("app", "application")


@dataclass(frozen=True)
class _Served:
    """A module-level name under which an application can be loaded."""

    module: str
    name: str
    path: str


def find_applications(
    objects: Objects, launches: Iterable[LaunchCommand], mounted: set[int], endpoints: dict[int, int]
) -> list[Application]:
    """Describe every application object of the project.

    Args:
        objects: The objects found.
        launches: Launch commands, which say what is loaded where there is a choice.
        mounted: Identities of the applications that another one mounts.
        endpoints: Number of endpoints by identity.

    Returns:
        The applications, sorted by file and line.
    """
    # What a deployment loads comes before what is started from code.
    launches = sorted(launches, key=lambda launch: launch.file.endswith(".py"))
    targets = list(dict.fromkeys(_loaded(launch) for launch in launches))
    served = _served(objects, targets)
    found = []
    for item in objects.all:
        if not item.is_app:
            continue
        import_string, factory = _import_string(objects, item, _offered(objects, item, served), targets)
        found.append(
            Application(
                file=item.source.path,
                module=objects.project.module(item.source.path),
                name=item.call.target,
                scope=item.call.scope,
                line=item.call.line,
                framework=item.framework.name,
                constructor=item.constructor,
                endpoints=endpoints.get(id(item), 0),
                mounted=id(item) in mounted,
                test_only=is_test_path(item.source.path),
                import_string=import_string,
                factory=factory,
            )
        )
    return found


def find_commands(objects: Objects) -> list[Application]:
    """Describe every place that runs a framework's own command line, sorted by file and line.

    A call with a list of its own (``["manage.py", "migrate"]``) runs one command for the program around it.
    """
    return [
        Application(
            file=item.source.path,
            module=objects.project.module(item.source.path),
            name="",
            scope=item.call.scope,
            line=item.call.line,
            framework=item.framework.name,
            constructor=item.constructor,
            test_only=is_test_path(item.source.path),
        )
        for item in objects.commands
        if not _is_literal(item.call.argument(0, "argv"))
    ]


def _is_literal(argument: Expression | None) -> bool:
    return isinstance(argument, Items) and not any(isinstance(item, Splat) for item in argument.items)


def _offered(objects: Objects, item: WebObject, served: dict[int, list[_Served]]) -> list[_Served]:
    """Return the names by which an application can be loaded: what its module offers, whatever is put around it."""
    name, source = item.framework.served_as, item.source
    if not name or not source.assigned("", name):
        return served.get(id(item), [])
    return [_Served(objects.project.module(source.path), name, source.path)]


def _served(objects: Objects, targets: list[str]) -> dict[int, list[_Served]]:
    """Find the module-level names that stand for each application, and what launch commands reach it by."""
    found: dict[int, list[_Served]] = {}
    for target in sorted(targets):
        module, colon, name = target.partition(":")
        path = objects.project.find_module(module) if colon else ""
        home = objects.project.read(path) if path else None
        # `server.app`, or a name that the package imports from where it is made.
        for each in (name,) if name else _USUAL_NAMES:
            for item in objects.of(home, "", Name(each)) if home and each not in home.functions else []:
                found.setdefault(id(item), []).append(_Served(module, each, path))
    for source in objects.project.parsed():
        module = objects.project.module(source.path)
        for (scope, name), assignments in source.assignments.items():
            if scope or "." in name:
                continue
            for assignment in assignments:
                for item in objects.of(source, "", assignment.value):
                    entry = _Served(module, name, source.path)
                    known = found.setdefault(id(item), [])
                    if item.is_app and entry not in known:
                        known.append(entry)
    return found


def _import_string(
    objects: Objects, item: WebObject, served: list[_Served], targets: list[str]
) -> tuple[str, bool]:
    """Return what a server is told to load, and whether that is called: what is launched, a name, a factory."""

    def rank(entry: _Served) -> tuple[bool, bool, int, str]:
        elsewhere = entry.path != item.source.path
        return is_test_path(entry.path), elsewhere, entry.module.count("."), f"{entry.module}:{entry.name}"

    names = [f"{entry.module}:{entry.name}" for entry in sorted(served, key=rank)]
    factories = _factories(objects, item) if targets or not names else []
    for target in targets:
        for text, called in [*((name, False) for name in names), *((name, True) for name in factories)]:
            if _same_target(text, target):
                return text, called
    if names:
        return names[0], False
    return (factories[0], True) if factories else ("", False)


def _loaded(launch: LaunchCommand) -> str:
    """Return what a launch command loads; ``module:`` where that is whatever application the module has."""
    target = launch.target.partition("(")[0]
    facts = python_facts().servers.get(launch.server)
    any_object = launch.server == "python" or (facts is not None and facts.bare and not facts.worker)
    return f"{target}:" if target and ":" not in target and any_object else target


def _same_target(text: str, target: str) -> bool:
    if target.endswith(":"):
        text, target = text.partition(":")[0], target[:-1]
    return bool(target) and (text == target or text.endswith(f".{target}") or target.endswith(f".{text}"))


def _factories(objects: Objects, item: WebObject) -> list[str]:
    """Return the functions that can be called without arguments and return the application."""
    found: list[tuple[bool, bool, str]] = []
    for source in objects.project.parsed():
        for function in source.functions.values():
            if "." in function.qualname or function.is_async or function.is_generator:
                continue
            if not any(_may_be_app(value) for value in function.returns):
                continue
            required = [name for name, default in function.parameters.items() if default is None]
            if required or is_test_path(source.path):
                continue
            for value in function.returns:
                if item in objects.of(source, function.qualname, value):
                    module = objects.project.module(source.path)
                    own = source is item.source and function.qualname == item.call.scope
                    found.append((own, is_test_path(source.path), f"{module}:{function.qualname}"))
                    break
    # An outer factory that calls the inner one is what a server is given.
    return [text for *_, text in sorted(found, key=lambda entry: (entry[1], entry[0], entry[2]))]


def _may_be_app(value: object) -> bool:
    return not isinstance(value, Name) or value.path not in {"self", "None"}


def order_candidates(analysis: Analysis) -> list[Application]:
    """Return the applications that can be meant, the most likely first.

    Test applications and mounted ones are left out as long as there are others; the ones that launch commands name
    come first.
    """
    candidates = [item for item in analysis.applications if not item.test_only and not item.mounted]
    candidates = candidates or [item for item in analysis.applications if not item.test_only]
    main = [item for item in candidates if not is_example_path(item.file)]
    candidates = main or candidates
    launched = [item for item in candidates if _is_launched(item, analysis.launch_commands)]
    if launched:
        return launched
    with_endpoints = [item for item in candidates if item.endpoints]
    candidates = with_endpoints or candidates
    loadable = [item for item in candidates if item.import_string]
    return loadable or candidates


def choose(analysis: Analysis, app: str = "") -> Application:
    """Pick the one application to work on; see `codemods.analysis.choose_application`."""
    if app:
        wanted = app.strip()
        for item in analysis.applications:
            if wanted in _names(item):
                return item
        raise UsageError(
            "no such application",
            where=app,
            hint=_listing("Known applications", analysis.applications),
        )
    if len(analysis.services) > 1:
        raise UsageError(
            f"{len(analysis.services)} services are in this repository",
            where=analysis.project_path,
            hint=f"Choose one with --service: {', '.join(analysis.services)}.",
        )
    candidates = order_candidates(analysis)
    if not candidates:
        raise UsageError(
            "no application object was found",
            where=analysis.project_path,
            hint=_unread(analysis)
            or (load_framework(analysis.framework).absent if analysis.framework else "")
            or "Name the directory of the service with --service DIR, or the object with --app MODULE:NAME.",
        )
    loaded = {item.import_string or f"{item.file}:{item.line}" for item in candidates}
    if len(loaded) > 1 and not _are_one_project(candidates):
        raise UsageError(
            f"{len(loaded)} applications could be meant",
            where=analysis.project_path,
            hint=_listing("Choose one with --app", candidates),
        )
    return candidates[0]


def _are_one_project(items: list[Application]) -> bool:
    """Whether one set-up is for all of them: they share a process's settings, and with them a package."""
    packages = {_package(item) for item in items}
    return all(load_framework(item.framework).process_wide for item in items) and len(packages) == 1


def _package(item: Application) -> str:
    return item.module.partition(".")[0] if "." in item.module else parent(item.file)


def _unread(analysis: Analysis) -> str:
    """Name the files that could not be read: the application may be in one of them."""
    files = [f"{item.file} ({item.reason})" for item in analysis.skipped_files if not is_test_path(item.file)]
    if not files:
        return ""
    more = f" and {len(files) - _MOST_NAMED} more" if len(files) > _MOST_NAMED else ""
    return f"It may be in what was not read: {', '.join(files[:_MOST_NAMED])}{more}."


def sites(analysis: Analysis, chosen: Application) -> list[Application]:
    """Return every place that makes the chosen application; see `codemods.analysis.application_sites`."""
    if load_framework(chosen.framework).process_wide:
        return [
            item
            for item in analysis.applications
            if item.framework == chosen.framework
            and not item.test_only
            and _package(item) == _package(chosen)
            and bool(item.import_string) == bool(chosen.import_string)
        ]
    if not chosen.import_string:
        return [chosen]
    return [item for item in analysis.applications if item.import_string == chosen.import_string]


def command_sites(analysis: Analysis, chosen: Application, feature: str) -> list[Application]:
    """Return the command lines of the chosen application's framework that have a use for a feature."""
    commands = load_framework(chosen.framework).commands
    if commands is None or feature not in commands.features:
        return []
    usual = [item for item in analysis.commands if not item.test_only]
    return [item for item in usual if not is_example_path(item.file)] or usual


def _names(item: Application) -> set[str]:
    names = {
        item.import_string,
        f"{item.module}:{item.name}",
        f"{item.file}:{item.name}",
        f"{item.file}:{item.line}",
    }
    if item.scope:
        names |= {f"{item.module}:{item.scope}", f"{item.module}:{item.scope}()"}
    if item.factory:
        names.add(f"{item.import_string}()")
    return names - {""}


def _listing(title: str, items: Iterable[Application]) -> str:
    lines = []
    for item in items:
        name = item.import_string or f"{item.module}:{item.name or item.scope or item.line}"
        text = f"{name} ({item.file}:{item.line}, {item.endpoints} endpoints)"
        if text not in lines:
            lines.append(text)
    return f"{title}: {'; '.join(lines)}." if lines else "There is none in this project."


def _is_launched(item: Application, launches: Iterable[LaunchCommand]) -> bool:
    if not item.import_string:
        return False
    return any(_same_target(item.import_string, _loaded(launch)) for launch in launches)
