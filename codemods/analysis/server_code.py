"""Servers that are started or configured in Python: ``uvicorn.run(…)`` and ``gunicorn.conf.py``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codemods.analysis.commands import SEVERAL
from codemods.analysis.encoding import UnreadableSourceError
from codemods.analysis.model import LaunchCommand
from codemods.analysis.paths import file_name, is_test_path
from codemods.analysis.source import read_source
from codemods.analysis.syntax import Call, Constant, Expression, Name, Source, Text

if TYPE_CHECKING:
    from codemods.analysis.files import Tree
    from codemods.analysis.objects import Objects, WebObject
    from codemods.analysis.project import Project

_GUNICORN_CONFIG = re.compile(r"^gunicorn[\w.-]*\.py$|^gunicorn_conf\.py$")


def apply_gunicorn_configs(tree: Tree, commands: list[LaunchCommand]) -> None:
    """Complete gunicorn's launch commands by its configuration files; a file that no command uses is one itself.

    https://docs.gunicorn.org/en/stable/settings.html
    """
    for path in sorted(tree.sources):
        name = file_name(path)
        if not _GUNICORN_CONFIG.match(name):
            continue
        try:
            source = read_source(path, tree.sources[path])
        except UnreadableSourceError:
            continue
        target, settings = _gunicorn_settings(source)
        used = False
        for at, launch in enumerate(commands):
            if launch.server == "gunicorn" and (name == "gunicorn.conf.py" or name in launch.command):
                used = True
                early = launch.preload or bool(settings.get("preload"))
                count = launch.workers if launch.workers > 1 else settings.get("workers", launch.workers)
                commands[at] = replace(launch, target=launch.target or target, workers=count, preload=early)
        if not used and (target or settings):
            commands.append(LaunchCommand(path, f"gunicorn -c {name}", "gunicorn", target, **settings))


def _gunicorn_settings(source: Source) -> tuple[str, dict[str, Any]]:
    values = {target: items[-1].value for (scope, target), items in source.assignments.items() if not scope}
    settings: dict[str, Any] = {}
    if (workers := values.get("workers")) is not None:
        number = workers.value if isinstance(workers, Constant) else SEVERAL
        settings["workers"] = number if isinstance(number, int) and number > 0 else SEVERAL
    if isinstance(preload := values.get("preload_app"), Constant):
        settings["preload"] = bool(preload.value)
    target = values.get("wsgi_app")
    return (target.value if isinstance(target, Text) else ""), settings


def code_launches(objects: Objects, source: Source, server_calls: list[str]) -> list[LaunchCommand]:
    """Read calls that start a server from code: ``uvicorn.run("app.main:app", workers=4)``, ``app.run()``."""
    found = []
    for call in source.calls:
        name = objects.project.full_name(source, call.scope, call.function)
        if name in server_calls:
            server, target = name.partition(".")[0], _target(objects, source, call)
        elif owner := _runs(objects, source, call):
            server, target = owner.framework.name, _served(objects.project, source, call.scope, call.function)
        else:
            continue
        found.append(
            LaunchCommand(
                source.path,
                _shown(server, call, target if name in server_calls else ""),
                server,
                target,
                factory=_is_true(call, "factory"),
                workers=_workers(call.keywords.get("workers")),
                reload=_is_true(call, "reload") or _is_true(call, "debug"),
            )
        )
    return found


def _runs(objects: Objects, source: Source, call: Call) -> WebObject | None:
    """Return the application that a call starts by a method of its own."""
    if not isinstance(call.function, Name) or is_test_path(source.path):
        return None
    owner, _, method = call.function.path.rpartition(".")
    if not owner or not any(method in facts.runs for facts in objects.frameworks):
        return None
    made = objects.of(source, call.scope, Name(owner))
    return next((item for item in made if item.is_app and method in item.framework.runs), None)


def _served(project: Project, source: Source, scope: str, function: Expression) -> str:
    """Return ``module:name`` of the object whose method is called, where it has a name at module level."""
    path = function.path.rpartition(".")[0] if isinstance(function, Name) else ""
    symbol = project.resolve(source, scope, path)
    here = symbol.path and symbol.name and not symbol.scope
    return f"{project.module(symbol.path)}:{symbol.name}" if here else ""


def _target(objects: Objects, source: Source, call: Call) -> str:
    """Return what is loaded: the first argument, or another one that is an application."""
    loaded = call.argument(0, "app")
    if isinstance(loaded, Text) and ":" in loaded.value:
        return loaded.value
    others = [*call.arguments, *call.keywords.values()]
    names = [item for item in others if isinstance(item, Name) and objects.of(source, call.scope, item)]
    for item in [*([loaded] if isinstance(loaded, Name) else []), *names]:
        symbol = objects.project.resolve(source, call.scope, item.path)
        if symbol.path and symbol.name and not symbol.scope:
            return f"{objects.project.module(symbol.path)}:{symbol.name}"
    return ""


def _workers(given: Expression | None) -> int:
    if isinstance(given, Constant):
        return given.value if isinstance(given.value, int) and given.value > 0 else 1
    return 1 if given is None else SEVERAL


def _is_true(call: Call, keyword: str) -> bool:
    value = call.keywords.get(keyword)
    return isinstance(value, Constant) and value.value is True


def _shown(server: str, call: Call, target: str) -> str:
    written = call.function.path if isinstance(call.function, Name) else server
    return f"{written}({target!r})" if target else f"{written}(…)"
