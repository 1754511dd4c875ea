"""Where the application objects of task workers are made: their processes are set up there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.model import Application
from codemods.analysis.paths import is_test_path
from codemods.analysis.syntax import Call, Name, Source

if TYPE_CHECKING:
    from codemods.analysis.project import Project
    from codemods.analysis.values import Evaluator
    from codemods.facts import RuntimeFacts


def find_workers(project: Project, evaluator: Evaluator, runtime: RuntimeFacts) -> list[Application]:
    """Return every place that makes the application object of a worker library that is set up in its own processes.

    Args:
        project: The parsed files.
        evaluator: For classes of the project that derive from the library's.
        runtime: The libraries.

    Returns:
        The places, sorted by file and line; ``framework`` is the library's key.
    """
    constructors = {
        made.call: key
        for key, library in runtime.libraries.items()
        if library.setup is not None
        for made in library.constructors
    }
    found = []
    for source in project.parsed():
        if is_test_path(source.path):
            continue
        for call in source.calls:
            name, key = _made(project, evaluator, source, call, constructors)
            if key:
                module = project.module(source.path)
                found.append(
                    Application(
                        source.path, module, call.target, call.scope, call.line, key, constructor=name
                    )
                )
    return sorted(found, key=lambda item: (item.file, item.line))


def _made(
    project: Project, evaluator: Evaluator, source: Source, call: Call, constructors: dict[str, str]
) -> tuple[str, str]:
    """Return the name of what is called, and the key of its library; empty where it is none."""
    if not isinstance(call.function, Name):
        return "", ""
    symbol = project.resolve(source, call.scope, call.function.path)
    if not symbol.path:
        return symbol.full, constructors.get(symbol.full, "")
    if (found := evaluator.definitions.class_at(symbol)) is None:
        return "", ""
    bases = (base.full for base in evaluator.definitions.bases(*found) if not base.path)
    return symbol.full, next((constructors[base] for base in bases if base in constructors), "")
