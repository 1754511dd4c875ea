"""The values that a project gives to variables of the environment, in examples, compose files, pipelines and code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.analysis.paths import join
from codemods.projects.facts import any_of, detection

if TYPE_CHECKING:
    from codemods.projects.files import Files
    from codemods.projects.pipelines import ComposeService

# What shells and every provider take for a name.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LINE = re.compile(
    r"(?m)^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*(?P<value>[^\n]*?)[ \t]*$"
)
_PIPELINE_LINE = re.compile(
    r"(?m)^[ \t]*-?[ \t]*[\"']?(?P<name>[A-Z][A-Z0-9_]+)[\"']?[ \t]*[:=][ \t]*(?P<value>\S[^\n]*?)[ \t]*$"
)


@dataclass(frozen=True)
class Value:
    """One value of a variable, and where it stands."""

    name: str
    text: str
    file: str


def find_values(
    files: Files,
    directory: str,
    read: dict[str, tuple[str, str]],
    composes: list[ComposeService],
    pipelines: list[str],
) -> list[Value]:
    """Return the values of the variables that the project reads, the best source of each first.

    Args:
        files: The project.
        directory: Directory of the part.
        read: What the code reads, and falls back to.
        composes: Services of the compose files.
        pipelines: Paths of existing pipelines.

    Returns:
        Values without a name that nothing reads. Where nothing shows what the code reads, the names of an example file
        and of the project's own compose service count as read.
    """
    examples = [
        Value(match["name"], match["value"].partition(" #")[0].strip().strip("\"'"), path)
        for path in example_files(files, directory)
        for match in _LINE.finditer(files.text(path))
    ]
    given = [
        Value(name, value, service.file)
        for service in composes
        if service.built
        for name, value in service.environment.items()
    ]
    wanted = set(read) or {value.name for value in (*examples, *given)}
    tested = [
        Value(match["name"], match["value"].strip("\"'"), path)
        for path in pipelines
        for match in _PIPELINE_LINE.finditer(files.text(path))
    ]
    defaults = [Value(name, text, file) for name, (text, file) in read.items()]
    return [
        value
        for value in (*examples, *given, *tested, *defaults)
        if _NAME.fullmatch(value.name) and (value.name.upper() in wanted or value.name in wanted)
    ]


def example_files(files: Files, directory: str) -> list[str]:
    """Return the files that show which variables a project wants, the best first."""
    patterns = detection().variables.example_files
    levels = dict.fromkeys((directory, "."))
    return [
        path
        for pattern in patterns
        for level in levels
        for path in files.inside(level)
        if any_of((pattern,)).match(path.removeprefix("" if level == "." else join(level, "")))
    ]
