"""What dependency files ask for: requirements, the project's name, and the Python versions it admits."""

from __future__ import annotations

import configparser
import re
import tomllib
from typing import TYPE_CHECKING, Any

from codemods.analysis.encoding import UnreadableSourceError
from codemods.analysis.manifest_files import is_development
from codemods.analysis.model import SkippedFile
from codemods.analysis.paths import file_name, followed, is_below, parent
from codemods.analysis.source import read_source
from codemods.analysis.syntax import Items, Name, Source, Text
from codemods.analysis.tables import strings, table

if TYPE_CHECKING:
    from codemods.analysis.files import Tree
    from codemods.analysis.manifests import Manifests

_REQUIREMENT = re.compile(r"^([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*(.*)$", re.DOTALL)
_MAX_INCLUDES = 50


def normalised(name: str) -> str:
    """Return a distribution's name in its normal form. https://peps.python.org/pep-0503/#normalized-names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_dependencies(tree: Tree, found: Manifests) -> None:
    """Read what the files ask for at run time; the main file first, then the nearest."""
    order = sorted(found.files, key=lambda item: (not item.main, -item.file.count("/"), item.file))
    for item in order:
        near = is_below(item.file, found.directory)
        if item.kind in {"pep621", "uv", "pdm", "poetry"}:
            _from_pyproject(found.projects[item.file], found, near=near)
        elif not near and not item.main:
            continue
        elif item.kind == "requirements" and (item.main or not is_development(file_name(item.file))):
            for requirement in requirements_of(tree, item.file):
                _add(found, requirement)
        elif item.kind == "pipfile":
            _from_pipfile(tree, item.file, found)
        elif item.kind == "setup.cfg":
            _from_setup_cfg(tree, item.file, found)
        elif item.kind == "setup.py":
            _from_setup_py(tree, item.file, found)
    found.dependencies = dict(sorted(found.dependencies.items()))


def requirements_of(tree: Tree, path: str) -> list[str]:
    """Return the requirements of a file and of the files it includes with ``-r``, inside the project only.

    https://pip.pypa.io/en/stable/reference/requirements-file-format/
    """
    found: list[str] = []
    pending = [path]
    seen: set[str] = set()
    while pending and len(seen) < _MAX_INCLUDES:
        current = pending.pop(0)
        if current in seen:
            continue
        seen.add(current)
        for line in re.sub(r"\\\r?\n", " ", tree.text(current)).splitlines():
            text = re.sub(r"(^|\s)#.*$", "", line).strip()
            if match := re.match(r"(?:-r|--requirement)[ =]?\s*(\S+)", text):
                if included := followed(parent(current), match[1]):
                    pending.append(included)
            elif text and not text.startswith("-"):
                found.append(text)
    return found


def _add(found: Manifests, requirement: str) -> None:
    text = requirement.partition(";")[0].partition(" --hash")[0].strip()
    if match := re.match(r"^(?:git\+|https?://|file:).*#egg=([\w.-]+)", text):
        found.dependencies.setdefault(normalised(match[1]), f"@ {text}")
    elif match := _REQUIREMENT.match(text):
        found.dependencies.setdefault(normalised(match[1]), match[3].strip().strip("()"))


def _from_pyproject(data: dict[str, Any], found: Manifests, *, near: bool) -> None:
    project, poetry = table(data, "project"), table(data, "tool", "poetry")
    name = project.get("name") or poetry.get("name")
    if isinstance(name, str) and not found.name and near:
        found.name = name
    requires = project.get("requires-python") or table(poetry, "dependencies").get("python")
    if isinstance(requires, str) and not found.python_requires:
        found.python_requires = requires
    if not near:
        return
    for requirement in strings(project.get("dependencies")):
        _add(found, requirement)
    for dependency, wanted in table(poetry, "dependencies").items():
        if normalised(dependency) == "python":
            continue
        first = wanted[0] if isinstance(wanted, list) and wanted else wanted
        version = first.get("version", "") if isinstance(first, dict) else first
        found.dependencies.setdefault(normalised(dependency), "" if version == "*" else str(version))


def _from_pipfile(tree: Tree, path: str, found: Manifests) -> None:
    try:
        data = tomllib.loads(tree.text(path))
    except tomllib.TOMLDecodeError as error:
        found.skipped.append(SkippedFile(path, f"not readable as TOML: {error}"))
        return
    for dependency, wanted in table(data, "packages").items():
        version = wanted.get("version", "") if isinstance(wanted, dict) else wanted
        found.dependencies.setdefault(normalised(dependency), "" if version == "*" else str(version))
    python = table(data, "requires").get("python_version")
    if isinstance(python, str) and not found.python_requires:
        found.python_requires = f"=={python}.*"


def _from_setup_cfg(tree: Tree, path: str, found: Manifests) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(tree.text(path))
    except configparser.Error as error:
        found.skipped.append(SkippedFile(path, f"not readable: {error.message.splitlines()[0]}"))
        return
    found.name = found.name or parser.get("metadata", "name", fallback="")
    found.python_requires = found.python_requires or parser.get("options", "python_requires", fallback="")
    for line in parser.get("options", "install_requires", fallback="").splitlines():
        if line.strip() and not line.strip().startswith("#"):
            _add(found, line.strip())


def _from_setup_py(tree: Tree, path: str, found: Manifests) -> None:
    try:
        source = read_source(path, tree.sources[path])
    except UnreadableSourceError:
        return
    for call in source.calls:
        if not (isinstance(call.function, Name) and call.function.path.rpartition(".")[2] == "setup"):
            continue
        given = _named_value(source, call.keywords.get("install_requires"))
        for item in given.items if isinstance(given, Items) else ():
            if isinstance(item, Text):
                _add(found, item.value)
        name = _named_value(source, call.keywords.get("name"))
        if isinstance(name, Text):
            found.name = found.name or name.value
        requires = _named_value(source, call.keywords.get("python_requires"))
        if isinstance(requires, Text):
            found.python_requires = found.python_requires or requires.value


def _named_value(source: Source, value: Any) -> Any:
    if isinstance(value, Name) and (assigned := source.assigned("", value.path)):
        return assigned[-1].value
    return value
