"""The packages that a Python project asks for, in its manifest, its groups and extras, and its requirements files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement

from codemods.analysis.dependencies import normalised, requirements_of
from codemods.analysis.manifest_files import is_development
from codemods.analysis.paths import file_name, join, parent
from codemods.analysis.tables import strings, table
from codemods.projects.model import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codemods.analysis.manifests import Manifests
    from codemods.projects.files import Files

_ASKED = re.compile(r"^([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?")


def names_of(requirements: Iterable[str]) -> frozenset[str]:
    """Return the packages of requirements in their normal form, and ``name[extra]`` for each extra of one."""
    found: set[str] = set()
    for text in requirements:
        try:
            requirement = Requirement(text)
            name, extras = requirement.name, requirement.extras
        except InvalidRequirement:
            # Pip's own spellings (`-e`, local paths, hashes) and broken lines: the name is enough.
            match = _ASKED.match(text.strip())
            if not match:
                continue
            name, extras = match[1], {item.strip() for item in (match[2] or "").split(",") if item.strip()}
        found.add(normalised(name))
        found |= {f"{normalised(name)}[{normalised(extra)}]" for extra in extras}
    return frozenset(found)


def python_scopes(files: Files, directory: str, manifests: Manifests) -> list[Scope]:
    """Return all packages that a directory's files ask for, those of the service itself first.

    Args:
        files: The project.
        directory: The directory of the manifest.
        manifests: What the analysis of dependency files found there.
    """
    pyproject = files.toml(join(directory, "pyproject.toml"))
    project, tool = table(pyproject, "project"), table(pyproject, "tool")
    poetry = table(tool, "poetry")
    main = {*manifests.dependencies, *names_of(strings(project.get("dependencies")))}
    main |= _poetry_names(table(poetry, "dependencies"))
    requirements = [item for item in manifests.files if item.kind in {"requirements", "lock"}]
    named = [
        item for item in requirements if item.file.endswith((".txt", ".in")) and _near(item.file, directory)
    ]
    scopes = [
        Scope("file", item.file, names_of(requirements_of(files.tree, item.file)))
        for item in named
        if not item.main
    ]
    for item in named:
        if item.main:
            main |= names_of(requirements_of(files.tree, item.file))
    scopes = [Scope("main", _main_file(manifests), frozenset(main)), *scopes]
    scopes += [
        Scope("extra", str(name), names_of(strings(wanted)))
        for name, wanted in table(project, "optional-dependencies").items()
    ]
    scopes += _groups(pyproject)
    scopes += _setup_cfg(files, directory)
    scopes += [
        Scope("group", "dev", _poetry_names(table(files.toml(join(directory, "Pipfile")), "dev-packages")))
    ]
    scopes += _other_tools(files, directory, tool)
    return [scope for scope in scopes if scope.packages or scope.kind == "main"]


def _near(path: str, directory: str) -> bool:
    """Say whether a requirements file belongs to a directory: it stands there, or in its folder of requirements."""
    return parent(path) in {directory, join(directory, "requirements"), join(directory, "reqs")}


def _main_file(manifests: Manifests) -> str:
    return next((item.file for item in manifests.files if item.main), "")


def _poetry_names(wanted: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of a table of packages, as Poetry and Pipenv write it."""
    found = set()
    for name, value in wanted.items():
        if normalised(name) == "python":
            continue
        found.add(normalised(name))
        first = value[0] if isinstance(value, list) and value else value
        extras = strings(first.get("extras")) if isinstance(first, dict) else []
        found |= {f"{normalised(name)}[{normalised(extra)}]" for extra in extras}
    return frozenset(found)


def _groups(pyproject: dict[str, Any]) -> list[Scope]:
    """Read dependency groups, with those that they include, and what stood in their place before.

    https://packaging.python.org/en/latest/specifications/dependency-groups/
    """
    groups = table(pyproject, "dependency-groups")
    tool = table(pyproject, "tool")

    def flat(name: str, seen: frozenset[str]) -> list[str]:
        listed = groups.get(name)
        wanted = strings(listed)
        for item in listed if isinstance(listed, list) else []:
            inner = item.get("include-group") if isinstance(item, dict) else None
            if isinstance(inner, str) and inner not in seen:
                wanted += flat(inner, seen | {inner})
        return wanted

    scopes = [Scope("group", str(name), names_of(flat(name, frozenset({name})))) for name in groups]
    poetry = table(tool, "poetry")
    scopes += [
        Scope("group", str(name), _poetry_names(table(group, "dependencies")))
        for name, group in table(poetry, "group").items()
    ]
    scopes.append(Scope("group", "dev", _poetry_names(table(poetry, "dev-dependencies"))))
    scopes.append(Scope("group", "dev", names_of(strings(table(tool, "uv").get("dev-dependencies")))))
    scopes += [
        Scope("group", str(name), names_of(strings(wanted)))
        for name, wanted in table(tool, "pdm", "dev-dependencies").items()
    ]
    return scopes


def _setup_cfg(files: Files, directory: str) -> list[Scope]:
    extras = files.ini(join(directory, "setup.cfg")).get("options.extras_require", {})
    return [Scope("extra", name, names_of(wanted.splitlines())) for name, wanted in extras.items()]


def _other_tools(files: Files, directory: str, tool: dict[str, Any]) -> list[Scope]:
    """Read the environments of hatch and tox: nothing but these tools installs them, so packages are listed by name."""
    wanted: list[tuple[str, list[str]]] = []
    for name, environment in table(tool, "hatch", "envs").items():
        listed = table({"": environment}, "")
        wanted.append(
            (f"hatch {name}", strings(listed.get("dependencies")) + strings(listed.get("extra-dependencies")))
        )
    for section, values in files.ini(join(directory, "tox.ini")).items():
        if section.startswith("testenv"):
            lines = [
                line.partition(":")[2].strip() or line.strip() for line in values.get("deps", "").splitlines()
            ]
            wanted.append(
                (f"tox {section}", [line for line in lines if line and line[0].isalnum() and "{" not in line])
            )
    return [Scope("packages", name, names_of(listed)) for name, listed in wanted]


def is_runtime_file(scope: Scope) -> bool:
    """Say whether a scope is a requirements file of a running service, such as ``requirements/production.txt``."""
    return scope.kind == "file" and not is_development(file_name(scope.name))
