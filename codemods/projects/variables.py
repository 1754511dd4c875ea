"""By which variables of the environment a project's code finds its servers, and what they must hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.projects.addresses import account, is_local, scheme_of, server_of, shape
from codemods.projects.facts import detection
from codemods.projects.model import Variable

if TYPE_CHECKING:
    from codemods.projects.parts import Part
    from codemods.projects.values import Value


def find_variables(part: Part, services: tuple[str, ...], values: list[Value]) -> tuple[Variable, ...]:
    """Return the variables that are about one of the needed servers.

    Args:
        part: The part of the project.
        services: The servers.
        values: The values of what it reads, the best first.

    Returns:
        The variables in the order of their names.
    """
    found: dict[str, Variable] = {}
    for name in dict.fromkeys(value.name for value in values):
        mine = [value for value in values if value.name == name]
        # An example may show the database of a desk, and the code the one of a server.
        best = next((value for value in mine if server_of(value.text) in services), mine[0])
        if variable := _variable(part, services, best):
            found[name] = variable
    told = {item.service for item in found.values()}
    for variable in _spring(part, services):
        if variable.service not in told:
            found[variable.name] = variable
    return tuple(found[name] for name in sorted(found))


def _variable(part: Part, services: tuple[str, ...], value: Value) -> Variable | None:
    """Understand one variable by its value, and by its name where that does not tell."""
    server = server_of(value.text)
    if server:
        # MariaDB is reached by MySQL's addresses.
        server = server if server in services else _of_role(server, services)
        return Variable(value.name, server, shape(server, value.text), value.file) if server else None
    words = re.split(r"_+", value.name.upper())
    if set(words) & set(detection().variables.unrelated):
        return None
    server = _named(value.name.upper(), words, services)
    kind = _part_of(value.name.upper(), server)
    if not server or not kind or (kind == "database" and not _has_databases(server, words)):
        return None
    if kind == "url":
        if scheme_of(value.text) and not is_local(value.text):
            return None
        return Variable(value.name, server, shape(server, scheme=_scheme(part, server)), value.file)
    user, database = account(server)
    filled = {
        "host": "{host}",
        "port": "{port}",
        "address": "{host}:{port}",
        "user": user,
        "password": "{password}" if user else "",
        "database": database,
    }[kind]
    return Variable(value.name, server, filled, value.file) if filled else None


def _has_databases(server: str, words: list[str]) -> bool:
    """Say whether a name can be that of a database: caches and brokers have none that a name like QUEUE_NAME means."""
    signs = detection().servers[server]
    return (
        (bool(account(server)[0]) and server != "rabbitmq")
        or server == "mongodb"
        or any(word in words for word in signs.words)
    )


def _named(name: str, words: list[str], services: tuple[str, ...]) -> str:
    """Return the server that a name is about: by its own word, or by its role where one server has it."""
    for server in services:
        signs = detection().servers[server]
        aliases = detection().servers[signs.stands_for].words if signs.stands_for else []
        if any(word in words or name.startswith(word) for word in (*signs.words, *aliases)):
            return server
    facts = detection().variables
    for role, given in facts.roles.items():
        if not any(word in words for word in given):
            continue
        kinds = facts.kinds.get(role, [])
        candidates = [
            server
            for server in services
            if server in kinds or (role == "relational" and detection().servers[server].relational)
        ]
        if candidates:
            return min(candidates, key=lambda server: kinds.index(server) if server in kinds else 0)
        if role == "relational" and "mongodb" in services and words[0] in {"DATABASE", "DB"}:
            return "mongodb"
    return ""


def _of_role(server: str, services: tuple[str, ...]) -> str:
    """Return the needed server that an address of another one is answered by; empty when there is none."""
    return next((name for name in services if server in {detection().servers[name].stands_for, name}), "")


def _part_of(name: str, server: str) -> str:
    """Return which part of an address a variable holds; the longest ending that fits says it."""
    endings = [(ending, part) for part, given in detection().variables.parts.items() for ending in given]
    fitting = [
        (len(ending), part)
        for ending, part in endings
        if name == ending or name.endswith(f"_{ending}") or (name.startswith("PG") and name == f"PG{ending}")
    ]
    if fitting:
        return max(fitting)[1]
    words = detection().servers[server].words if server else []
    # `REDIS`, `DATABASE` and the like hold a whole address.
    return "url" if name in words else ""


def _scheme(part: Part, server: str) -> str:
    """Return the scheme that the project's packages want an address of a server to have."""
    packages = part.manifest.packages
    for dialect in detection().dialects:
        if dialect.server == server and dialect.driver in packages and packages & set(dialect.needs):
            return dialect.scheme
    if part.language == "java" and detection().servers[server].relational:
        return f"jdbc:{server}"
    return ""


def _spring(part: Part, services: tuple[str, ...]) -> list[Variable]:
    """Return what Spring Boot itself reads for the drivers that are there."""
    if not any(name.startswith("spring-boot") for name in part.manifest.packages):
        return []
    found = []
    for facts in detection().spring:
        if facts.server not in services or not part.manifest.packages & set(facts.artifacts):
            continue
        user, database = account(facts.server)
        for name, pattern in facts.variables.items():
            text = (
                pattern.replace("{url}", shape(facts.server))
                .replace("{user}", user)
                .replace("{database}", database)
            )
            found.append(Variable(name, facts.server, text, part.manifest.dependencies_file))
    return found
