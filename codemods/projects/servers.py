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
    from codemods.projects.model import InstallForTests
    from codemods.projects.parts import Part
    from codemods.projects.pipelines import ComposeService
    from codemods.projects.values import Value

_PROFILE = re.compile(r"-[\w-]+\.(ya?ml|properties)$")
_JDBC = re.compile(r"\burl\s*[:=]\s*[\"']?(?:\$\{\w+:)?((?:jdbc|r2dbc):[^\s\"'}]+)")


def find_evidence(
    files: Files, part: Part, install: InstallForTests, composes: list[ComposeService], values: list[Value]
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
    found = _drivers(part, install) + [
        Evidence(server, "address", value.name, value.file)
        for value in values
        if (server := server_of(value.text))
    ]
    if part.language == "java":
        found += _configured(files, part)
    optional = _optional(part, files)
    compose = [
        Evidence(server, "compose", service.name, service.file)
        for service in composes
        if not service.built and (server := _of_image(service.image))
    ]
    found = _renamed([*found, *compose])
    warnings: list[str] = []
    if left_out := sorted({item.service for item in found} & optional):
        found = [item for item in found if item.service not in optional]
        warnings.append(
            f"{part.manifest.dependencies_file}: {', '.join(left_out)} left out: unless told otherwise the service "
            f"uses {', '.join(sorted(part.manifest.main & set(detection().embedded)))}"
        )
    strong = {item.service for item in found if item.kind != "compose"}
    weak = [name for name in detection().servers if name in {item.service for item in found} - strong]
    # One database answers for all: another one of a compose file is an alternative, or a tool's.
    databases = [name for name in weak if name in _relational()]
    dropped = set(databases if strong & _relational() else databases[1:])
    found = [item for item in found if item.service not in dropped]
    order = {"driver": 0, "address": 1, "compose": 2}
    found = sorted(dict.fromkeys(found), key=lambda item: (item.service, order[item.kind], item.file))
    for name in weak:
        item = next((item for item in found if item.service == name), None)
        if item is not None:
            warnings.append(
                f"{item.file}: starts {name} ({item.detail}), but no package of the project is known to talk to it; "
                "it is taken along"
            )
    return found, warnings


def needed(evidence: list[Evidence]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the servers that a pipeline can start, and the others, both in the order of the facts."""
    found = {item.service for item in evidence}
    names = [name for name in detection().servers if name in found]
    startable = server_addresses()
    others = tuple(name for name in names if name not in startable)
    return tuple(name for name in names if name in startable), others


def _relational() -> frozenset[str]:
    return frozenset(name for name, signs in detection().servers.items() if signs.relational)


def _drivers(part: Part, install: InstallForTests) -> list[Evidence]:
    for_tests = {*install.files, *install.groups, *install.extras}
    found: list[Evidence] = []
    for scope in part.manifest.scopes:
        if not (
            scope.kind == "main"
            or scope.name in for_tests
            or is_runtime_file(scope)
            or part.language == "java"
        ):
            continue
        for server, signs in detection().servers.items():
            for driver in signs.drivers.get(part.language, []):
                if driver in scope.packages:
                    where = scope.name if "." in scope.name else part.manifest.dependencies_file
                    found.append(Evidence(server, "driver", driver, where))
    return found


def _optional(part: Part, files: Files) -> frozenset[str]:
    """Return the databases that a service needs only in a profile of its own: it brings one inside its process.

    Spring Boot takes an embedded database where no address is configured.
    https://docs.spring.io/spring-boot/reference/data/sql.html#data.sql.datasource.embedded
    """
    if not part.manifest.main & set(detection().embedded):
        return frozenset()
    return _relational() - {item.service for item in _configured(files, part, only_default=True)}


def _configured(files: Files, part: Part, *, only_default: bool = False) -> list[Evidence]:
    """Read the addresses of databases in Spring's settings, those of its profiles too unless they are not asked for."""
    return [
        Evidence(server, "address", "spring.datasource.url", path)
        for path in spring_files(files, part.directory)
        if not (only_default and _PROFILE.search(path))
        for address in _JDBC.findall(files.text(path))
        if not is_local(address) and (server := server_of(address))
    ]


def _of_image(image: str) -> str:
    return next((name for name, signs in detection().servers.items() if image in signs.images), "")


def _renamed(found: list[Evidence]) -> list[Evidence]:
    """Take a server that stands for another one (MariaDB for MySQL) where the project runs that one."""
    named = {item.service for item in found if item.kind != "driver"}
    for name, signs in detection().servers.items():
        if signs.stands_for and name in named and signs.stands_for not in named:
            found = [
                Evidence(name, item.kind, item.detail, item.file)
                if item.service == signs.stands_for
                else item
                for item in found
            ]
    return found
