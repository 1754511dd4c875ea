"""Launch commands, as the project writes them, and the directories in which they run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from codemods.analysis import process_files, wsgi_files
from codemods.analysis.compose import ComposeFiles, UnreadableComposeError
from codemods.analysis.dockerfile import dockerfile
from codemods.analysis.model import LaunchCommand, SkippedFile
from codemods.analysis.paths import file_name, join, parent
from codemods.analysis.server_code import apply_gunicorn_configs
from codemods.facts import python_facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from codemods.analysis.files import Tree

_IGNORED = re.compile(r"(^|/)(tests?|node_modules|docs?)/")
# Read by `flask run`, the first one before the second.
ENVIRONMENT_FILES = (".flaskenv", ".env")
_COMPOSE = re.compile(r"^(docker-)?compose[\w.-]*\.ya?ml$")
_READERS: tuple[tuple[re.Pattern[str], Callable[[str, str], list[LaunchCommand]]], ...] = (
    (
        re.compile(
            r"^((Docker|Container)file([.-][\w.-]+)?|[\w.-]+\.(docker|container)file)$", re.IGNORECASE
        ),
        dockerfile,
    ),
    (re.compile(r"Procfile(\..*)?$"), process_files.procfile),
    (re.compile(r"((GNU)?makefile|.*\.mk)$", re.IGNORECASE), process_files.makefile),
    (re.compile(r".*\.(sh|bash)$"), process_files.script),
    (re.compile(r"pyproject\.toml$"), process_files.pyproject),
    (re.compile(r"setup\.cfg$"), process_files.setup_cfg),
    (re.compile(r"(fly|nixpacks|railway)\.toml$"), process_files.deploy_toml),
    (re.compile(r".*\.ini$"), wsgi_files.uwsgi_ini),
    (re.compile(r".*uwsgi.*\.ya?ml$"), wsgi_files.uwsgi_yaml),
    (re.compile(r".*\.wsgi$"), wsgi_files.wsgi_script),
    (re.compile("|".join(map(re.escape, ENVIRONMENT_FILES)) + "$"), wsgi_files.environment_file),
)


@dataclass
class Launches:
    """What was read, and what could not be."""

    commands: list[LaunchCommand] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)


def find_launches(tree: Tree) -> Launches:
    """Read every file of the project that can say how it is started.

    Returns:
        The commands in a fixed order: by file, then as they stand in it. Launches from code come from
        `codemods.analysis.server_code.code_launches`.
    """
    found = Launches()
    builds: dict[tuple[str, str], str] = {}
    files = [path for path in sorted(tree.others) if not _IGNORED.search(path)]
    compose = ComposeFiles()
    # The plain file first: `compose.yml` before `compose.override.yml`.
    for path in sorted(files, key=lambda item: (len(item), item)):
        if not _COMPOSE.match(file_name(path)):
            continue
        try:
            commands = compose.read(path, tree.text(path))
        except UnreadableComposeError as error:
            found.skipped.append(SkippedFile(path, str(error)))
            continue
        for launch, context in commands:
            found.commands.append(launch)
            if context:
                builds[path, launch.command] = context
    for path in files:
        if reader := next((read for pattern, read in _READERS if pattern.match(file_name(path))), None):
            found.commands.extend(reader(path, tree.text(path)))
    apply_gunicorn_configs(tree, found.commands)
    found.commands = [_completed(tree, launch, found.commands) for launch in found.commands]
    found.commands = [
        _located(tree, launch, builds.get((launch.file, launch.command), "")) for launch in found.commands
    ]
    found.commands = sorted(dict.fromkeys(found.commands), key=lambda item: item.file)
    return found


def _completed(tree: Tree, launch: LaunchCommand, commands: list[LaunchCommand]) -> LaunchCommand:
    """Say what a server loads that is told by an environment file, or looks for files of certain names."""
    facts = python_facts().servers.get(launch.server)
    if launch.target or facts is None or not facts.variable:
        return launch
    for other in commands:
        if other.target and other.server == launch.server and file_name(other.file) in ENVIRONMENT_FILES:
            return replace(launch, target=other.target, factory=other.factory)
    directory = launch.directory or "."
    found = (name for name in facts.files if join(directory, name) in tree.sources)
    return replace(launch, target=next(found, "").removesuffix(".py"))


def _located(tree: Tree, launch: LaunchCommand, context: str) -> LaunchCommand:
    """Say in which directory the target is found: the build context, beside the file, the root, or one other place."""
    modules = [launch.target.partition(":")[0].replace(".", "/")]
    if launch.server == "celery":
        # `-A worker.celery` names a module or an attribute of one.
        modules.append(modules[0].rpartition("/")[0])
    bases = [context, parent(launch.file), "."]
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
