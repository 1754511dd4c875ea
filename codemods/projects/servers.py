"""Which servers a project needs, from its drivers, the addresses that it is configured with, and its compose files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.projects.addresses import is_local, server_of
from codemods.projects.facts import detection, server_addresses
from codemods.projects.model import Evidence
from codemods.projects.python_scopes import is_runtime_file
from codemods.projects.reading import spring_files

if TYPE_CHECKING:
    from codemods.projects.files import Files
    from codemods.projects.model import TestInstall
    from codemods.projects.parts import Part
    from codemods.projects.pipelines import ComposeService
    from codemods.projects.values import Value

_JDBC = re.compile(r"\burl\s*[:=]\s*[\"']?(?:\$\{\w+:)?((?:jdbc|r2dbc):[^\s\"'}]+)")


def find_evidence(
    files: Files, part: Part, install: TestInstall, composes: list[ComposeService], values: list[Value]
) -> tuple[list[Evidence], list[str]]:
    """Return what shows that servers are needed, the strongest of each first.

    Args:
        files: The project.
        part: The part.
        install: What its tests install.
        composes: Services of the compose files.
        values: Values of the variables that it reads.

    Returns:
        The evidence, and warnings about what was left out or is known from a compose file alone.
    """
    drivers, warnings = _drivers(files, part, install)
    found = drivers + [
        Evidence(server, "address", value.name, value.file)
        for value in values
        if (server := server_of(value.text))
    ]
    if part.language == "java":
        found += _configured(files, part)
    compose = [
        Evidence(server, "compose", service.name, service.file)
        for service in composes
        if not service.built and (server := _of_image(service.image))
    ]
    found = _renamed([*found, *compose])
    strong = {item.service for item in found if item.kind != "compose"}
    if any(name in strong for name in _relational()) and not _relational().issuperset(strong):
        # One database answers for all: a second one of a compose file is a tool's.
        found = [item for item in found if item.service in strong or item.service not in _relational()]
    order = {"driver": 0, "address": 1, "compose": 2}
    found = sorted(dict.fromkeys(found), key=lambda item: (item.service, order[item.kind], item.file))
    for item in found:
        if item.kind == "compose" and item.service not in strong:
            warnings.append(
                f"{item.file}: starts {item.service} ({item.detail}), but no package of the project talks to it; "
                "it is taken along"
            )
    return found, list(dict.fromkeys(warnings))


def needed(evidence: list[Evidence]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the servers that a pipeline can start, and the others, both in the order of the facts."""
    found = {item.service for item in evidence}
    names = [name for name in detection().servers if name in found]
    startable = server_addresses()
    return tuple(name for name in names if name in startable), tuple(
        name for name in names if name not in startable
    )


def _relational() -> frozenset[str]:
    return frozenset(name for name, signs in detection().servers.items() if signs.relational)


def _drivers(files: Files, part: Part, install: TestInstall) -> tuple[list[Evidence], list[str]]:
    for_tests = {*install.files, *install.groups, *install.extras}
    found: list[Evidence] = []
    for scope in part.manifest.scopes:
        if not (scope.kind == "main" or scope.name in for_tests or is_runtime_file(scope) or part.language == "java"):
            continue
        for server, signs in detection().servers.items():
            for driver in signs.drivers.get(part.language, []):
                if driver in scope.packages:
                    where = scope.name if "." in scope.name else part.manifest.dependencies_file
                    found.append(Evidence(server, "driver", driver, where))
    return _without_optional(files, part, found) if part.language == "java" else (found, [])


def _without_optional(files: Files, part: Part, found: list[Evidence]) -> tuple[list[Evidence], list[str]]:
    """Leave out database drivers of a service that by its own settings uses the database inside its process."""
    embedded = part.manifest.main & set(detection().embedded)
    configured = {item.service for item in _configured(files, part, only_default=True)}
    optional = sorted({item.service for item in found if item.service in _relational() - configured})
    if not embedded or not optional:
        return found, []
    warning = (
        f"{part.manifest.dependencies_file}: {', '.join(optional)} left out: unless told otherwise the service uses "
        f"{', '.join(sorted(embedded))}"
    )
    return [item for item in found if item.service not in optional], [warning]


def _configured(files: Files, part: Part, *, only_default: bool = False) -> list[Evidence]:
    """Read the addresses of databases in Spring's settings; those of profiles only where they are asked for."""
    found = []
    for path in spring_files(files, part.directory):
        if re.search(r"-[\w-]+\.(ya?ml|properties)$", path) and (only_default or part.manifest.main & set(detection().embedded)):
            continue
        for address in _JDBC.findall(files.text(path)):
            if not is_local(address) and (server := server_of(address)):
                found.append(Evidence(server, "address", "spring.datasource.url", path))
    return found


def _of_image(image: str) -> str:
    return next((name for name, signs in detection().servers.items() if image in signs.images), "")


def _renamed(found: list[Evidence]) -> list[Evidence]:
    """Take a server that stands for another one (MariaDB for MySQL) where the project runs that one."""
    named = {item.service for item in found if item.kind != "driver"}
    for name, signs in detection().servers.items():
        if signs.stands_for and name in named and signs.stands_for not in named:
            found = [
                Evidence(name, item.kind, item.detail, item.file) if item.service == signs.stands_for else item
                for item in found
            ]
    return found
