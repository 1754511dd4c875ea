"""Modules that nothing of the project imports: scripts beside a service, which are no part of it.

Importing one runs it: a script that waits for a database would do so in whatever process imports it.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from codemods.analysis.paths import is_test_path

if TYPE_CHECKING:
    from codemods.analysis.project import Project


def is_script(project: Project, path: str, made: frozenset[str]) -> bool:
    """Tell whether a module is loaded by nothing that the service loads, as far as its name tells.

    Args:
        project: The files.
        path: The module.
        made: Files that make an application or run a command line: a server loads them by name.

    Returns:
        False as soon as another file, no test, imports something of that name, or names it as ``import_module`` and
        settings do.
    """
    name = PurePosixPath(path).stem
    if name == "__init__" or path in made:
        return False
    word = re.escape(name.encode())
    named = re.compile(
        rb"^[ \t]*(?:from|import)\b[^\n]*\b" + word + rb"\b"  # from app import name, import app.name
        rb"|^[ \t]+" + word + rb"[ \t]*,?[ \t]*(?:#[^\n]*)?$"  # a line of its own in parentheses
        rb"|[\"'][\w.]+\." + word + rb"(?:[.:][\w.]+)?[\"']"  # "app.name", as settings name it
        rb"|(?:import_module|import_string|__import__|from_object)\([\"']" + word + rb"\b",
        re.MULTILINE,
    )
    return not any(
        other != path and name.encode() in data and not is_test_path(other) and named.search(data)
        for other, data in project.tree.sources.items()
    )
