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


# Each one looked for goes through every file; a project with more modules that connect has no script among them.
_MOST = 50


class Scripts:
    """The modules of a project that nothing it loads imports, as far as their names tell.

    Args:
        project: The files.
        made: Files that make an application or run a command line: a server loads them by name.
    """

    def __init__(self, project: Project, made: frozenset[str]) -> None:
        self._project, self._made = project, made
        self._known: dict[str, bool] = {}

    def include(self, path: str) -> bool:
        """Tell whether a module is one of them.

        Returns:
            False as soon as another file, no test, imports something of that name, or names it as ``import_module``
            and settings do.
        """
        if path not in self._known:
            named = len(self._known) >= _MOST or path in self._made or self._is_imported(path)
            self._known[path] = not named
        return self._known[path]

    def _is_imported(self, path: str) -> bool:
        name = PurePosixPath(path).stem.encode()
        if name == b"__init__":
            return True
        word = re.escape(name)
        naming = re.compile(
            rb"^[ \t]*(?:from|import)\b[^\n]*\b" + word + rb"\b"  # from app import name, import app.name
            rb"|^[ \t]+" + word + rb"[ \t]*,?[ \t]*(?:#[^\n]*)?$"  # a line of its own in parentheses
            rb"|[\"'][\w.]+\." + word + rb"(?:[.:][\w.]+)?[\"']"  # "app.name", as settings name it
            rb"|(?:import_module|import_string|__import__|from_object)\([\"']" + word + rb"\b",
            re.MULTILINE,
        )
        return any(
            other != path and name in data and not is_test_path(other) and naming.search(data)
            for other, data in self._project.tree.sources.items()
        )
