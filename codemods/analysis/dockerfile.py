"""The command that a container image starts. https://docs.docker.com/reference/dockerfile/."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.analysis.commands import parse_command, parse_words

if TYPE_CHECKING:
    from codemods.analysis.model import LaunchCommand

_INSTRUCTION = re.compile(r"^\s*([A-Za-z]+)\s+(.*)$", re.DOTALL)


@dataclass
class _Stage:
    name: str
    environment: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] | str | None = None
    command: list[str] | str | None = None


def dockerfile(path: str, text: str) -> list[LaunchCommand]:
    """Read the command of the last stage, which is what the image starts."""
    stages: list[_Stage] = []
    for keyword, rest in _instructions(text):
        if keyword == "FROM":
            stages.append(_stage(rest, stages))
        elif stages and keyword == "ENV":
            stages[-1].environment.update(_environment(rest))
        elif stages and keyword == "ENTRYPOINT":
            stages[-1].entrypoint, stages[-1].command = _form(rest), None
        elif stages and keyword == "CMD":
            stages[-1].command = _form(rest)
    return _stage_commands(path, stages[-1]) if stages else []


def _stage(rest: str, above: list[_Stage]) -> _Stage:
    """Read ``FROM image AS name``; a stage that is built on another one starts with what that one says."""
    match [word for word in rest.split() if not word.startswith("--")]:
        case [image, word, name, *_] if word.lower() == "as":
            made = _Stage(name.lower())
        case [image, *_]:
            made = _Stage("")
        case _:
            return _Stage("")
    if base := next((stage for stage in above if stage.name == image.lower()), None):
        made.environment = dict(base.environment)
        made.entrypoint, made.command = base.entrypoint, base.command
    return made


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
