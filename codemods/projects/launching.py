"""The command that starts a service, and the port it listens on."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.analysis.launch import find_launches
from codemods.analysis.one_service import survey_service
from codemods.analysis.paths import is_test_path, join
from codemods.analysis.request import Request
from codemods.errors import ReleaseQualityError
from codemods.facts import frameworks, load_framework, python_facts
from codemods.projects.facts import detection
from codemods.projects.maven import maven_archive
from codemods.projects.reading import spring_files
from codemods.projects.values import example_files
from codemods.projects.versions import base_images

if TYPE_CHECKING:
    from codemods.analysis.model import Analysis, LaunchCommand
    from codemods.projects.files import Files
    from codemods.projects.parts import Part
    from codemods.projects.pipelines import ComposeService

_PORT_OPTION = re.compile(
    r"(?:--port[= ]|-p[= ]|(?:-b|--bind)[= ]\S*?:|0\.0\.0\.0:|127\.0\.0\.1:)(\d{2,5})\b"
)
# A variable that the file does not give a value: all but the port, which has a usual one.
_UNKNOWN = re.compile(r"\$(?!\{?PORT\b)(?!\{\w+:?-)|\$\(")
_DEVELOPMENT = re.compile(r"\b(flask run|runserver|fastapi dev)\b")
_PROCFILE_WEB = re.compile(r"(?m)^web\s*:\s*(.+?)\s*$")
_LISTENS = re.compile(rb"\bPORT\b\s*(?:\|\||\?\?)\s*[\"'`]?(\d{2,5})|\.listen\(\s*(\d{2,5})")
_SPRING_PORT = re.compile(
    r"server\.port\s*[=:]\s*(?:\$\{\w+:)?(\d+)|(?m:^server:\s*\n(?:\s+.*\n)*?\s+port:\s*(?:\$\{\w+:)?(\d+))"
)
_EXPOSED = re.compile(r"(?mi)^\s*EXPOSE\s+(\d+)")
_ASKED = re.compile(r"(?m)^(?:APP_|SERVER_|HTTP_)?PORT=[\"']?(\d{2,5})\b")
_STARTS = re.compile(r"(^|/)(server|index|app|main)\.[jt]s$")
# Files that start a service of Node, where its package.json names none.
_MAIN_FILES = ("server.js", "app.js", "index.js", "src/server.js", "src/index.js", "src/app.js")
_SOURCES = r".*\.[cm]?[jt]s"


@dataclass(frozen=True)
class Launching:
    """How a service is started.

    Attributes:
        command: The command line, to be run in the part's directory; empty when nothing tells.
        port: The port; 0 when it listens on none.
        processes: The number of worker processes.
    """

    command: str = ""
    port: int = 0
    processes: int = 1


def find_launching(
    files: Files, part: Part, images: tuple[str, ...], composes: list[ComposeService]
) -> Launching:
    """Return how a part is started.

    Args:
        files: The project.
        part: The part.
        images: Paths of its image files.
        composes: Services of the compose files.
    """
    readers = {"python": _python, "javascript": _javascript, "java": _java}
    written, processes = readers[part.language](files, part)
    command = _without_defaults(written, part)
    if not command and not part.is_service:
        return Launching()
    usual = detection().frameworks[part.framework].port if part.framework else 0
    port = _first_port(
        _PORT_OPTION.findall(command),
        _in_code(files, part),
        [port for path in example_files(files, part.directory) for port in _ASKED.findall(files.text(path))],
        [port for path in images if _runs(files, path, part) for port in _EXPOSED.findall(files.text(path))],
        [port for service in composes if service.built for port in service.ports],
    )
    return Launching(command, port or usual, processes)


def _runs(files: Files, image: str, part: Part) -> bool:
    """Say whether an image has the part's language in it; others beside it are of helpers."""
    patterns = detection().languages[part.language].images
    return any(re.search(pattern, base) for base in base_images(files.text(image)) for pattern in patterns)


def _without_defaults(command: str, part: Part) -> str:
    """Return a command with what a shell falls back to in the place of variables."""
    usual = detection().frameworks[part.framework].port if part.framework else 8000
    filled = re.sub(r"\$\{\w+:?-([^}]*)\}", lambda match: match[1], command)
    return re.sub(r"\$\{?PORT\b\}?", str(usual), filled)


def _first_port(*groups: list[str] | list[int]) -> int:
    numbers = (int(item) for group in groups for item in group)
    return next((number for number in numbers if 0 < number < 65536), 0)  # noqa: PLR2004 - the ports there are


def _python(files: Files, part: Part) -> tuple[str, int]:
    run = detection().managers[part.manifest.package_manager].run
    tree = files.tree if part.directory == "." else files.tree.below(part.directory)
    launches = [
        item
        for item in find_launches(tree).commands
        if not is_test_path(item.file)
        and not _is_worker(item)
        and item.server not in {"script", "python"}
        and not _UNKNOWN.search(_last(item.command))
        and (item.target or _names_its_own(item))
    ]
    best = min(launches, key=_rank, default=None)
    if best is not None:
        command = _last(best.command)
        ready = command.startswith(("uv ", "poetry ", "pdm ", "pipenv ", "/", "./"))
        return (command if ready or not run else f"{run} {command}"), best.workers
    if not part.framework:
        return "", 1
    served = _served(files, part)
    return (f"{run} {served}".strip() if served else ""), 1


def _last(command: str) -> str:
    """Return the last of several commands: those before it prepare, and a container runs them at its start."""
    return re.sub(r"^(exec|sudo)\s+", "", re.split(r"&&|;", command)[-1].strip())


def _names_its_own(launch: LaunchCommand) -> bool:
    """Say whether a server finds what it serves by itself: by a variable, or by files of certain names."""
    facts = python_facts().servers.get(launch.server)
    return bool(facts and (facts.variable or facts.files))


def _is_worker(launch: LaunchCommand) -> bool:
    facts = python_facts().servers.get(launch.server)
    return bool(facts and facts.worker)


def _rank(launch: LaunchCommand) -> tuple[bool, bool, bool, int, str]:
    """Order launch commands: servers for use before those of a desk, a named target, files near the root."""
    development = _DEVELOPMENT.search(launch.command) is not None
    return launch.reload, development, not launch.target, launch.file.count("/"), launch.file


def _served(files: Files, part: Part) -> str:
    """Return the command for a service whose files say nothing, from the application that its code makes."""
    known = [load_framework(name) for name in frameworks()]
    tree = files.tree if part.directory == "." else files.tree.below(part.directory)
    try:
        analysis: Analysis = survey_service(
            tree, Request(known, python_facts(), endpoints=False, database=False)
        )
    except ReleaseQualityError:
        return ""
    found = [
        item for item in analysis.applications if not (item.mounted or item.test_only) and item.import_string
    ]
    facts = detection().frameworks[part.framework]
    # The servers that are there, then the one that comes with the framework.
    servers = [item for item in facts.serve if item.package in part.manifest.main] + facts.serve[-1:]
    root = analysis.package.import_root if analysis.package else "."
    for application in found[:1]:
        for server in servers:
            added = [server.factory] if application.factory else []
            added += [server.directory] if root != "." and "{app}" in server.command else []
            if None not in added:
                words = " ".join([server.command, *filter(None, added)])
                return words.format(app=application.import_string, port=facts.port, directory=root)
    return ""


def _javascript(files: Files, part: Part) -> tuple[str, int]:
    manifest = part.manifest
    if "start" in manifest.scripts:
        return (
            f"{manifest.package_manager} {'run start' if manifest.package_manager == 'bun' else 'start'}",
            1,
        )
    if web := _PROCFILE_WEB.search(files.text(join(part.directory, "Procfile"))):
        return web[1], 1
    if words := _image_command(files, part):
        return words, 1
    for name in (manifest.module_name, *_MAIN_FILES):
        path = join(part.directory, name.removeprefix("./")) if name else ""
        if path and part.framework and files.exists(path):
            return f"node {name.removeprefix('./')}", 1
    return "", 1


def _image_command(files: Files, part: Part) -> str:
    """Return the last command of the part's image, where it is written as a list of words."""
    text = files.text(join(part.directory, "Dockerfile"))
    found = re.findall(r"(?mi)^\s*CMD\s+(\[.*\])\s*$", text)
    try:
        words = json.loads(found[-1]) if found else []
    except ValueError:
        return ""
    return " ".join(map(str, words)) if words and str(words[0]) in {"node", "npm", "yarn", "pnpm"} else ""


def _java(files: Files, part: Part) -> tuple[str, int]:
    manifest = part.manifest
    if not part.framework or not detection().frameworks[part.framework].archive:
        return "", 1
    archive = (
        maven_archive(files, part.directory)
        if manifest.package_manager == "maven"
        else _gradle_archive(files, part)
    )
    return (f"java -jar {archive}" if archive else ""), 1


def _gradle_archive(files: Files, part: Part) -> str:
    """Return the archive of Spring Boot's plugin, which carries the project's name and version.

    https://docs.spring.io/spring-boot/gradle-plugin/packaging.html
    """
    text = files.text(part.manifest.dependencies_file)
    version = re.search(r"(?m)^\s*version\s*=?\s*[\"']([\w.+-]+)[\"']", text)
    named = re.search(r"archive(?:FileName|BaseName)", text)
    if not part.manifest.name or named or part.manifest.modules:
        return ""
    return f"build/libs/{part.manifest.name}{f'-{version[1]}' if version else ''}.jar"


def _in_code(files: Files, part: Part) -> list[str]:
    if part.language == "java":
        texts = (files.text(path) for path in spring_files(files, part.directory))
        return [first or second for text in texts for first, second in _SPRING_PORT.findall(text)]
    if part.language == "javascript" and part.framework:
        near = [path for path in files.match(_SOURCES, part.directory) if not is_test_path(path)]
        likely = sorted(near, key=lambda path: (not _STARTS.search(path), path))
        found = (_LISTENS.search(files.tree.read(path) or b"") for path in likely)
        return [(match[1] or match[2]).decode() for match in found if match][:1]
    return []
