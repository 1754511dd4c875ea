"""Launch commands in process files, makefiles, shell scripts and project files."""

from __future__ import annotations

import re
import tomllib
from functools import cache

from codemods.analysis.commands import is_server, parse_command, servers
from codemods.analysis.model import LaunchCommand
from codemods.analysis.tables import table


@cache
def _server_word() -> re.Pattern[str]:
    return re.compile(r"\b(" + "|".join(map(re.escape, sorted(servers()))) + r")\b")


def procfile(path: str, text: str) -> list[LaunchCommand]:
    """Read the process lines of a Procfile."""
    lines = re.findall(r"^\s*[\w-]+\s*:(.+)$", text, re.MULTILINE)
    return [launch for line in lines for launch in parse_command(path, line.strip())]


def makefile(path: str, text: str) -> list[LaunchCommand]:
    """Read the recipes of a makefile that start a server."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("\t") and _server_word().search(line):
            recipe = line.strip().lstrip("@-+").replace("$$", "$")
            found.extend(_known_servers(parse_command(path, recipe)))
    return found


def script(path: str, text: str) -> list[LaunchCommand]:
    """Read the lines of a shell script that start a server, with the variables set above them."""
    found = []
    environment: dict[str, str] = {}
    for line in text.replace("\\\n", " ").splitlines():
        stripped = line.strip()
        if match := re.match(r"(?:export\s+)?(\w+)=(\S+)$", stripped):
            environment[match[1]] = match[2].strip("\"'")
        elif not stripped.startswith("#") and _server_word().search(stripped):
            found.extend(_known_servers(parse_command(path, stripped, environment)))
    return found


def _known_servers(commands: list[LaunchCommand]) -> list[LaunchCommand]:
    return [launch for launch in commands if is_server(launch.server)]


def pyproject(path: str, text: str) -> list[LaunchCommand]:
    """Read scripts, the FastAPI entry point, and the tasks of task runners."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return []
    tool = table(data, "tool")
    found = [
        LaunchCommand(path, str(name), "script", str(target))
        for scripts in (table(data, "project", "scripts"), table(tool, "poetry", "scripts"))
        for name, target in sorted(scripts.items())
        if isinstance(target, str)
    ]
    if isinstance(entry := table(tool, "fastapi").get("entrypoint"), str):
        found.append(LaunchCommand(path, "fastapi run", "fastapi", entry))
    tasks = [
        table(tool, *names)
        for names in (("pdm", "scripts"), ("poe", "tasks"), ("taskipy", "tasks"), ("rye", "scripts"))
    ]
    environments = table(tool, "hatch", "envs")
    tasks.extend(table(environments, name, "scripts") for name in sorted(environments))
    for group in tasks:
        for _, task in sorted(group.items()):
            command = task.get("cmd", task.get("shell")) if isinstance(task, dict) else task
            command = " ".join(map(str, command)) if isinstance(command, list) else command
            if isinstance(command, str):
                found.extend(_known_servers(parse_command(path, command)))
    return found


def setup_cfg(path: str, text: str) -> list[LaunchCommand]:
    """Read the console scripts of a ``setup.cfg``."""
    section = re.search(r"^console_scripts\s*=\s*\n((?:[ \t]+.*\n?)+)", text, re.MULTILINE)
    lines = section[1].splitlines() if section else []
    pairs = [line.split("=", 1) for line in lines if "=" in line]
    return [LaunchCommand(path, name.strip(), "script", target.strip()) for name, target in pairs]


def deploy_toml(path: str, text: str) -> list[LaunchCommand]:
    """Read the start commands of a platform's own file."""
    commands = re.findall(r"^\s*(?:cmd|startCommand|app|web)\s*=\s*[\"'](.+?)[\"']\s*$", text, re.MULTILINE)
    return [launch for command in commands for launch in parse_command(path, command)]
