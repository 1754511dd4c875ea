"""What readiness checks: which connections it can ask, and how a person adds the ones that it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codemods.facts import python_facts
from codemods.library_facts import Check

if TYPE_CHECKING:
    from codemods.analysis.model import Analysis, Connection


def readiness_checks(
    analysis: Analysis, *, database: bool, cache: bool
) -> tuple[list[dict[str, Any]], list[Connection]]:
    """Choose what readiness checks.

    Args:
        analysis: What was found.
        database: Whether databases are checked.
        cache: Whether caches are checked.

    Returns:
        One check for each database and cache, named so that an answer tells which failed; and what cannot be checked
        because no module-level object leads to it.
    """
    libraries = python_facts().libraries
    checks: list[dict[str, Any]] = []
    unreachable: list[Connection] = []
    groups = (
        ("database", analysis.database_connections, database),
        ("cache", analysis.cache_connections, cache),
    )
    for name, connections, wanted in groups:
        seen: set[tuple[str, str]] = set()
        for connection in connections if wanted else []:
            # What settings list, the generated code of that interface lists again when it runs.
            if libraries[connection.type].interface or connection.is_script:
                continue
            key = (connection.type, connection.target)
            # Engines that have no name are found by the generated code at run time: one check for all of them.
            if key in seen or (not connection.target and any(other == connection.type for other, _ in seen)):
                continue
            seen.add(key)
            if not connection.target and libraries[connection.type].events is None:
                unreachable.append(connection)
                continue
            number = sum(check["name"].split("_")[0] == name for check in checks)
            checks.append(
                {
                    "name": f"{name}_{number + 1}" if number else name,
                    "type": connection.type,
                    "target": connection.target,
                    "is_async": connection.is_async,
                }
            )
    return checks, unreachable


def listed_checks(analysis: Analysis, *, database: bool, cache: bool) -> dict[str, str]:
    """Return the checks that the generated code makes of what settings list: the type of each by its name.

    Args:
        analysis: What was found.
        database: Whether databases are checked.
        cache: Whether caches are checked.
    """
    libraries = python_facts().libraries
    wanted = [
        *(analysis.database_connections if database else []),
        *(analysis.cache_connections if cache else []),
    ]
    found = {}
    for connection in wanted:
        library = libraries[connection.type]
        alias, _, kind = connection.detail.partition(": ")
        if library.interface and not kind.endswith(tuple(library.local_kinds)):
            found[library.role if alias == "default" else f"{library.role}_{alias}"] = connection.type
    return found


def how_to_check(connection: Connection, module: str) -> str:
    """Say that readiness cannot reach a connection, and which lines add the check.

    Args:
        connection: A connection that has no name at module level.
        module: Dotted name of the generated health module.
    """
    library = python_facts().libraries[connection.type]
    name = library.role
    check = library.check or Check(plain="...")
    body = check.awaited if check.awaited and (connection.is_async or not check.plain) else check.plain
    keyword = "async def" if "await " in body or "async " in body else "def"
    lines = [
        f"from {module} import add_check",
        "",
        f"{keyword} check_{name}() -> None:",
        *(f"    {line}" for line in body.splitlines()),
        "",
        f'add_check("{name}", check_{name})',
    ]
    return (
        f"{connection.file}: readiness does not check this {library.title} connection, which has no name at module "
        "level. Where it is made, add\n" + "\n".join(f"    {line}" if line else "" for line in lines)
    )
