"""Launch commands, as the project writes them: container files, process files, scripts, project files, code."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from codemods.analysis.commands import SERVERS, SEVERAL, parse_command, parse_words
from codemods.analysis.encoding import UnreadableSourceError
from codemods.analysis.model import LaunchCommand, SkippedFile
from codemods.analysis.source import read_source
from codemods.analysis.syntax import Call, Constant, Name, Source, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from codemods.analysis.files import Tree
    from codemods.analysis.project import Project

_COMPOSE = re.compile(r"^(docker-)?compose[\w.-]*\.ya?ml$")
_DOCKERFILE = re.compile(
    r"^((Docker|Container)file([.-][\w.-]+)?|[\w.-]+\.(docker|container)file)$", re.IGNORECASE
)
_GUNICORN_CONFIG = re.compile(r"^gunicorn[\w.-]*\.py$|^gunicorn_conf\.py$")
_SERVER_WORD = re.compile(r"\b(" + "|".join(sorted(SERVERS)) + r")\b")
_INSTRUCTION = re.compile(r"^\s*([A-Za-z]+)\s+(.*)$", re.DOTALL)
_IGNORED = re.compile(r"(^|/)(tests?|node_modules|docs?)/")


@dataclass
class Launches:
    """What was read, and what could not be."""

    commands: list[LaunchCommand] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)


def find_launches(tree: Tree) -> Launches:
    """Read every file of the project that can say how it is started.

    Returns:
        The commands in a fixed order: by file, then as they stand in it. Launches from code come from `code_launches`.
    """
    found = Launches()
    builds: dict[str, str] = {}
    contexts: dict[str, str] = {}
    compose = [
        path for path in tree.others if _COMPOSE.match(path.rpartition("/")[2]) and not _IGNORED.search(path)
    ]
    # The plain file first: `compose.yml` before `compose.override.yml`.
    for path in sorted(compose, key=lambda item: (len(item), item)):
        _compose(tree, path, found, builds, contexts)
    for path in sorted(tree.others):
        if not _IGNORED.search(path):
            found.commands.extend(_read_file(tree, path))
    _gunicorn_configs(tree, found)
    found.commands = [_located(tree, launch, builds) for launch in found.commands]
    found.commands = sorted(dict.fromkeys(found.commands), key=lambda item: item.file)
    return found


def _read_file(tree: Tree, path: str) -> list[LaunchCommand]:
    name = path.rpartition("/")[2]
    for pattern, reader in _READERS:
        if pattern.match(name):
            return reader(path, _text(tree, path))
    return []


def _text(tree: Tree, path: str) -> str:
    data = tree.read(path)
    return "" if data is None else data.decode("utf-8", "replace").removeprefix("\ufeff")


# Dockerfile: https://docs.docker.com/reference/dockerfile/


@dataclass
class _Stage:
    name: str
    base: str
    environment: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] | str | None = None
    command: list[str] | str | None = None


def _dockerfile(path: str, text: str) -> list[LaunchCommand]:
    stages: list[_Stage] = []
    for keyword, rest in _instructions(text):
        if keyword == "FROM":
            words = [word for word in rest.split() if not word.startswith("--")]
            name = words[2].lower() if len(words) > 2 and words[1].lower() == "as" else ""  # noqa: PLR2004
            base = next((stage for stage in stages if words and stage.name == words[0].lower()), None)
            made = _Stage(name, words[0] if words else "")
            if base is not None:
                made.environment = dict(base.environment)
                made.entrypoint, made.command = base.entrypoint, base.command
            stages.append(made)
        elif stages and keyword == "ENV":
            stages[-1].environment.update(_environment(rest))
        elif stages and keyword == "ENTRYPOINT":
            stages[-1].entrypoint, stages[-1].command = _form(rest), None
        elif stages and keyword == "CMD":
            stages[-1].command = _form(rest)
    if not stages:
        return []
    return _stage_commands(path, stages[-1])


def _stage_commands(path: str, stage: _Stage) -> list[LaunchCommand]:
    parts = [part for part in (stage.entrypoint, stage.command) if part]
    if all(isinstance(part, list) for part in parts):
        words = [word for part in parts for word in part]
        if found := parse_words(path, words, " ".join(words), stage.environment):
            return found
    found = []
    for part in parts:
        text = part if isinstance(part, str) else " ".join(part)
        parse = parse_command(path, part, stage.environment) if isinstance(part, str) else None
        found.extend(parse_words(path, list(part), text, stage.environment) if parse is None else parse)
    return found


def _instructions(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"[\\`][ \t]*\n", " ", "\n".join(lines))
    matches = [match for line in joined.splitlines() if (match := _INSTRUCTION.match(line))]
    return [(match[1].upper(), match[2].strip()) for match in matches]


def _form(rest: str) -> list[str] | str:
    if rest.startswith("["):
        try:
            words = json.loads(rest)
        except ValueError:
            return rest
        if isinstance(words, list):
            return [str(word) for word in words]
    return rest


def _environment(rest: str) -> dict[str, str]:
    pairs = re.findall(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S*)", rest)
    if not pairs and " " in rest:
        name, _, value = rest.partition(" ")
        pairs = [(name, value)]
    return {name: value.strip("\"'") for name, value in pairs}


# Compose: https://docs.docker.com/reference/compose-file/services/


def _compose(
    tree: Tree, path: str, found: Launches, builds: dict[str, str], contexts: dict[str, str]
) -> None:
    import yaml  # heavy, and only needed where there is such a file

    class Loader(yaml.SafeLoader):
        """Takes the tags of compose files (`!reset`, `!override`) for what they mark."""

    Loader.add_multi_constructor("!", lambda *_: None)
    try:
        data = yaml.load(_text(tree, path), Loader)  # noqa: S506  # a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = getattr(error, "problem", None) or type(error).__name__
        found.skipped.append(SkippedFile(path, f"not readable as YAML: {problem}"))
        return
    services = data.get("services") if isinstance(data, dict) else None
    for name, service in services.items() if isinstance(services, dict) else []:
        if not isinstance(service, dict):
            continue
        # An override file names a service that another file of the same directory builds.
        key = f"{PurePosixPath(path).parent}\n{name}"
        context = _build_context(path, service.get("build")) or contexts.get(key, "")
        contexts.setdefault(key, context)
        words: list[str] = []
        environment = _compose_environment(service.get("environment"))
        commands: list[LaunchCommand] = []
        for key in ("entrypoint", "command"):
            value = service.get(key)
            if isinstance(value, list):
                words.extend(str(word) for word in value)
                commands.extend(
                    parse_words(path, [str(word) for word in value], " ".join(map(str, value)), environment)
                )
            elif isinstance(value, str):
                commands.extend(parse_command(path, value, environment))
        if not commands and words:
            commands = parse_words(path, words, " ".join(words), environment)
        for launch in commands:
            found.commands.append(launch)
            if context:
                builds[f"{path}\n{launch.command}"] = context


def _build_context(path: str, build: Any) -> str:
    context = build.get("context", ".") if isinstance(build, dict) else build
    if not isinstance(context, str) or "://" in context or "$" in context:
        return ""
    parts: list[str] = []
    for part in (PurePosixPath(path).parent / context).parts:
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts) or "."


def _compose_environment(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(name): str(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return {name: item for name, _, item in (str(line).partition("=") for line in value)}
    return {}


# Make, shell and project files


def _procfile(path: str, text: str) -> list[LaunchCommand]:
    lines = re.findall(r"^\s*[\w-]+\s*:(.+)$", text, re.MULTILINE)
    return [launch for line in lines for launch in parse_command(path, line.strip())]


def _makefile(path: str, text: str) -> list[LaunchCommand]:
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("\t") and _SERVER_WORD.search(line):
            recipe = line.strip().lstrip("@-+").replace("$$", "$")
            found.extend(_known_servers(parse_command(path, recipe)))
    return found


def _script(path: str, text: str) -> list[LaunchCommand]:
    found = []
    environment: dict[str, str] = {}
    for line in text.replace("\\\n", " ").splitlines():
        stripped = line.strip()
        if match := re.match(r"(?:export\s+)?(\w+)=(\S+)$", stripped):
            environment[match[1]] = match[2].strip("\"'")
        elif not stripped.startswith("#") and _SERVER_WORD.search(stripped):
            found.extend(_known_servers(parse_command(path, stripped, environment)))
    return found


def _known_servers(commands: list[LaunchCommand]) -> list[LaunchCommand]:
    return [launch for launch in commands if launch.server in SERVERS]


def _pyproject(path: str, text: str) -> list[LaunchCommand]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return []
    tool = _table(data, "tool")
    found = [
        LaunchCommand(path, str(name), "script", str(target))
        for table in (_table(data, "project", "scripts"), _table(tool, "poetry", "scripts"))
        for name, target in sorted(table.items())
        if isinstance(target, str)
    ]
    if isinstance(entry := _table(tool, "fastapi").get("entrypoint"), str):
        found.append(LaunchCommand(path, "fastapi run", "fastapi", entry))
    tasks = [
        _table(tool, *names)
        for names in (("pdm", "scripts"), ("poe", "tasks"), ("taskipy", "tasks"), ("rye", "scripts"))
    ]
    environments = _table(tool, "hatch", "envs")
    tasks.extend(_table(environments, name, "scripts") for name in sorted(environments))
    for table in tasks:
        for _, task in sorted(table.items()):
            command = task.get("cmd", task.get("shell")) if isinstance(task, dict) else task
            command = " ".join(map(str, command)) if isinstance(command, list) else command
            if isinstance(command, str):
                found.extend(_known_servers(parse_command(path, command)))
    return found


def _setup_cfg(path: str, text: str) -> list[LaunchCommand]:
    section = re.search(r"^console_scripts\s*=\s*\n((?:[ \t]+.*\n?)+)", text, re.MULTILINE)
    lines = section[1].splitlines() if section else []
    pairs = [line.split("=", 1) for line in lines if "=" in line]
    return [LaunchCommand(path, name.strip(), "script", target.strip()) for name, target in pairs]


def _deploy_toml(path: str, text: str) -> list[LaunchCommand]:
    commands = re.findall(r"^\s*(?:cmd|startCommand|app|web)\s*=\s*[\"'](.+?)[\"']\s*$", text, re.MULTILINE)
    return [launch for command in commands for launch in parse_command(path, command)]


def _table(data: Any, *names: str) -> dict[str, Any]:
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


_READERS: tuple[tuple[re.Pattern[str], Callable[[str, str], list[LaunchCommand]]], ...] = (
    (_DOCKERFILE, _dockerfile),
    (re.compile(r"Procfile(\..*)?$"), _procfile),
    (re.compile(r"((GNU)?makefile|.*\.mk)$", re.IGNORECASE), _makefile),
    (re.compile(r".*\.(sh|bash)$"), _script),
    (re.compile(r"pyproject\.toml$"), _pyproject),
    (re.compile(r"setup\.cfg$"), _setup_cfg),
    (re.compile(r"(fly|nixpacks|railway)\.toml$"), _deploy_toml),
)


# gunicorn.conf.py: https://docs.gunicorn.org/en/stable/settings.html


def _gunicorn_configs(tree: Tree, found: Launches) -> None:
    for path in sorted(tree.sources):
        name = path.rpartition("/")[2]
        if not _GUNICORN_CONFIG.match(name):
            continue
        try:
            source = read_source(path, tree.sources[path])
        except UnreadableSourceError:
            continue
        values = {
            target: items[-1].value for (scope, target), items in source.assignments.items() if not scope
        }
        workers = values.get("workers")
        settings: dict[str, Any] = {}
        if workers is not None:
            number = workers.value if isinstance(workers, Constant) else SEVERAL
            settings["workers"] = number if isinstance(number, int) and number > 0 else SEVERAL
        if isinstance(preload := values.get("preload_app"), Constant):
            settings["preload"] = bool(preload.value)
        target = values.get("wsgi_app")
        named = target.value if isinstance(target, Text) else ""
        used = False
        for at, launch in enumerate(found.commands):
            if launch.server == "gunicorn" and (name == "gunicorn.conf.py" or name in launch.command):
                used = True
                early = launch.preload or bool(settings.get("preload"))
                count = launch.workers if launch.workers > 1 else settings.get("workers", launch.workers)
                found.commands[at] = replace(
                    launch, target=launch.target or named, workers=count, preload=early
                )
        if not used and (named or settings):
            found.commands.append(LaunchCommand(path, f"gunicorn -c {name}", "gunicorn", named, **settings))


def code_launches(project: Project, source: Source, server_calls: list[str]) -> list[LaunchCommand]:
    """Read calls that start a server from code: ``uvicorn.run("app.main:app", workers=4)``."""
    found = []
    for call in source.calls:
        name = project.full_name(source, call.scope, call.function)
        if name not in server_calls:
            continue
        loaded = call.argument(0, "app")
        target = ""
        if isinstance(loaded, Text):
            target = loaded.value
        elif isinstance(loaded, Name):
            symbol = project.resolve(source, call.scope, loaded.path)
            if symbol.path and symbol.name and not symbol.scope:
                target = f"{project.module(symbol.path)}:{symbol.name}"
        workers = call.keywords.get("workers")
        count = 1
        if isinstance(workers, Constant):
            count = workers.value if isinstance(workers.value, int) and workers.value > 0 else 1
        elif workers is not None:
            count = SEVERAL
        server = name.partition(".")[0]
        found.append(
            LaunchCommand(
                source.path,
                _shown(server, call, target),
                server,
                target,
                factory=_is_true(call, "factory"),
                workers=count,
                reload=_is_true(call, "reload"),
            )
        )
    return found


def _is_true(call: Call, keyword: str) -> bool:
    value = call.keywords.get(keyword)
    return isinstance(value, Constant) and value.value is True


def _shown(server: str, call: Call, target: str) -> str:
    written = call.function.path if isinstance(call.function, Name) else server
    return f"{written}({target!r})" if target else f"{written}(…)"


def _located(tree: Tree, launch: LaunchCommand, builds: dict[str, str]) -> LaunchCommand:
    """Say in which directory the target is found: the build context, beside the file, the root, or one other place."""
    modules = [launch.target.partition(":")[0].replace(".", "/")]
    if launch.server == "celery":
        # `-A worker.celery` names a module or an attribute of one.
        modules.append(modules[0].rpartition("/")[0])
    here = str(PurePosixPath(launch.file).parent)
    bases = [builds.get(f"{launch.file}\n{launch.command}", ""), here, "."]
    given = launch.directory.strip("/") if not launch.directory.startswith("/") else ""
    for module in filter(None, modules):
        for base in filter(None, bases):
            directory = "/".join(part for part in (base, given) if part not in {"", "."})
            prefix = f"{directory}/" if directory else ""
            if f"{prefix}{module}.py" in tree.sources or f"{prefix}{module}/__init__.py" in tree.sources:
                return replace(launch, directory=directory)
        endings = (f"/{module}.py", f"/{module}/__init__.py")
        found = {path[: -len(end)] for end in endings for path in tree.sources if path.endswith(end)}
        if len(found) == 1:
            return replace(launch, directory=found.pop())
    return launch
