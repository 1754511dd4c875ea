"""Where a service's own code lives and how it imports itself.

Decided by evidence, strongest first: what launch commands load, how the code imports itself, what the project file
says, and where ``__init__.py`` files stand.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from codemods.analysis.model import LaunchCommand, Package
from codemods.analysis.paths import is_test_path, join, parent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemods.analysis.files import Tree
    from codemods.analysis.syntax import Source

_LAUNCH, _LAUNCH_ELSEWHERE, _IMPORT, _DECLARED, _STRUCTURE = 1000.0, 10.0, 1.0, 5.0, 0.5
_ADDED_PATH = re.compile(rb"sys\.path\.(?:append|insert)\([^\n]*?[\"']([\w./-]+)[\"']")
_SERVICE_FILES = (
    "requirements.txt",
    "pyproject.toml",
    "Dockerfile",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "Procfile",
)


class Roots:
    """Finds the import root of a file by votes.

    Args:
        tree: The files.
        sources: The parsed ones, for what they import.
        launches: What servers are told to load.
        declared: Source directories that a project file names.
        scripts: Files that are run by their path, as manage.py is.
        named: Modules that the environment or a setting names.
    """

    def __init__(
        self,
        tree: Tree,
        sources: Iterable[Source],
        launches: Iterable[LaunchCommand],
        declared: Iterable[str],
        scripts: Iterable[str] = (),
        named: Iterable[str] = (),
    ) -> None:
        self.tree = tree
        self.sources = list(sources)
        self.launches = [launch for launch in launches if launch.target]
        self.declared = set(declared)
        self.named = [module.split(".") for module in named]
        self.with_python: set[str] = set()
        for path in tree.sources:
            self.with_python.add(path.rpartition("/")[0] or ".")
        # What stands in a package is run by its module's name, unless what it names is found from there only.
        self.script_homes = {
            home
            for home in map(parent, scripts)
            if join(home, "__init__.py") not in tree.sources
            or any(self._is_module(home, parts) for parts in self.named)
        }

    def of(self, file: str) -> str:
        """Return the import root of ``file``: one of the directories above it."""
        candidates = [str(parent) for parent in PurePosixPath(file).parents]
        usual = self._usual(candidates)
        scores = dict.fromkeys(candidates, 0.0)
        scores[usual] += _STRUCTURE
        for root in candidates:
            inner = _relative(file, root).removesuffix(".py")
            if not all(part.isidentifier() for part in inner.split("/")):
                scores[root] -= _LAUNCH * 10
                continue
            if root in self.declared:
                scores[root] += _DECLARED
            if root in self.script_homes:
                # Python puts the directory of the script that it runs on `sys.path`.
                scores[root] += _LAUNCH
            scores[root] += _LAUNCH_ELSEWHERE * any(self._is_module(root, parts) for parts in self.named)
            scores[root] += self._launch_votes(root, inner)
            scores[root] += self._import_votes(root, file)
        return max(candidates, key=lambda root: (scores[root], -len(root)))

    def _launch_votes(self, root: str, inner: str) -> float:
        votes = 0.0
        module = inner.removesuffix("/__init__").replace("/", ".")
        for launch in self.launches:
            named = launch.target.partition(":")[0]
            if named == module or (launch.server == "celery" and named.startswith(f"{module}.")):
                votes = max(votes, _LAUNCH)
            elif self._is_module(root, named.split(".")):
                votes += _LAUNCH_ELSEWHERE
        return votes

    def _import_votes(self, root: str, file: str) -> float:
        votes = 0.0
        top = _relative(file, root).split("/")[0]
        for source in self.sources:
            for item in source.imports:
                if item.target.startswith("."):
                    continue
                parts = item.target.split(".")
                if self._is_module(root, parts) or (len(parts) > 1 and self._is_module(root, parts[:-1])):
                    near = root == "." or source.path.startswith(f"{root}/") or parts[0] == top
                    votes += _IMPORT if near else 0.1
        return votes

    def _is_module(self, root: str, parts: list[str]) -> bool:
        inner = "/".join(parts)
        path = inner if root == "." else f"{root}/{inner}"
        if f"{path}.py" in self.tree.sources or f"{path}/__init__.py" in self.tree.sources:
            return True
        return path in self.with_python

    def _usual(self, candidates: list[str]) -> str:
        """Return the root that the directory structure alone suggests."""
        at = 0
        while at + 1 < len(candidates) and f"{_prefix(candidates[at])}__init__.py" in self.tree.sources:
            at += 1
        if at or len(candidates) == 1:
            return candidates[at]
        here = candidates[0]
        siblings = [source for source in self.sources if str(PurePosixPath(source.path).parent) == here]
        if any(item.target.startswith(".") for source in siblings for item in source.imports):
            return candidates[1]
        name = PurePosixPath(here).name
        files = self.tree.others | self.tree.sources.keys()
        if name == "src" or any(f"{_prefix(here)}{known}" in files for known in _SERVICE_FILES):
            return here
        return candidates[1] if name.isidentifier() else here


def package_of(tree: Tree, import_root: str, file: str) -> Package:
    """Return the package that ``file`` belongs to.

    A directory that only leads on to one package (``acme/`` above ``acme/shop/``) is a namespace that others may
    share, so the package below it is taken.
    """
    parts = _relative(file, import_root).split("/")[:-1]
    if not parts:
        return Package(import_root, "", import_root)
    depth = 1
    while depth < len(parts):
        inner = "/".join(parts[:depth])
        prefix = f"{_prefix(import_root)}{inner}/"
        below = {
            path.removeprefix(prefix).partition("/")[0] for path in tree.sources if path.startswith(prefix)
        }
        if below != {parts[depth]}:
            break
        depth += 1
    inner = "/".join(parts[:depth])
    return Package(import_root, ".".join(parts[:depth]), f"{_prefix(import_root)}{inner}")


def added_roots(tree: Tree, import_root: str, declared: Iterable[str]) -> tuple[str, ...]:
    """Return the folders below the import root that code puts on ``sys.path``, and what is declared beside it."""
    found = [*declared, "src"]
    for path, data in tree.sources.items():
        if b"sys.path." in data and not is_test_path(path):
            names = (match.decode().strip("/") for match in _ADDED_PATH.findall(data))
            found.extend(join(import_root, name) for name in names if name)
    folders = {str(folder) for path in tree.sources for folder in PurePosixPath(path).parents}
    return tuple(dict.fromkeys(item for item in found if item in folders - {import_root}))


def declared_roots(pyproject: dict[str, object]) -> list[str]:
    """Return the source directories that a project file names: setuptools, Poetry, Hatch, PDM."""
    found: list[str] = []
    tool = pyproject.get("tool")
    tables = tool if isinstance(tool, dict) else {}
    setuptools = _table(tables, "setuptools")
    directory = _table(setuptools, "package-dir").get("")
    where = _table(setuptools, "packages", "find").get("where")
    found.extend([directory] if isinstance(directory, str) else [])
    found.extend(item for item in where if isinstance(item, str)) if isinstance(where, list) else None
    packages = _table(tables, "poetry").get("packages")
    tables_of_packages = (
        [item for item in packages if isinstance(item, dict)] if isinstance(packages, list) else []
    )
    found.extend(item["from"] for item in tables_of_packages if isinstance(item.get("from"), str))
    hatch = _table(tables, "hatch", "build", "targets", "wheel").get("packages")
    directories = [item for item in hatch if isinstance(item, str)] if isinstance(hatch, list) else []
    found.extend(str(PurePosixPath(item).parent) for item in directories)
    package_dir = _table(tables, "pdm", "build").get("package-dir")
    found.extend([package_dir] if isinstance(package_dir, str) else [])
    return [re.sub(r"^\./|/$", "", item) or "." for item in found]


def _table(data: object, *names: str) -> dict[str, object]:
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _relative(path: str, root: str) -> str:
    return path if root == "." else path.removeprefix(f"{root}/")


def _prefix(directory: str) -> str:
    return "" if directory == "." else f"{directory}/"
