"""Poetry's own table in ``pyproject.toml``, and its way to write versions.

Poetry 2 reads ``[project]`` first; where that has no dependencies, or leaves them to Poetry, its own table counts.
https://python-poetry.org/docs/dependency-specification/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from codemods.manifests.model import CannotEditError, Declared, Requested, Role, canonical
from codemods.manifests.text import apply_insertions, cut_lines, insertion_of_lines, line_start, places
from codemods.manifests.toml_spans import Document, Path, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence


def owns_dependencies(document: Document) -> bool:
    """Return whether run-time dependencies stand in Poetry's table rather than in ``[project]``."""
    if document.value("tool", "poetry", "dependencies") is None:
        return document.value("tool", "poetry") is not None and document.value("project") is None
    project = document.value("project")
    return project is None or not ("dependencies" in project or "optional-dependencies" in project)


def declared(document: Document, path: str) -> Iterator[Declared]:
    """Yield what Poetry's tables declare: run-time dependencies, then groups."""
    yield from table_dependencies(document.value("tool", "poetry", "dependencies"), path, "runtime")
    yield from table_dependencies(document.value("tool", "poetry", "dev-dependencies"), path, "other")
    groups = document.value("tool", "poetry", "group")
    for group in groups.values() if isinstance(groups, dict) else ():
        yield from table_dependencies(group.get("dependencies"), path, "other")


def table_dependencies(table: Any, path: str, role: Role) -> Iterator[Declared]:
    """Yield what a table of ``name = "version"`` entries declares; Pipfiles have the same shape."""
    for name, value in table.items() if isinstance(table, dict) else ():
        if name == "python" and role == "runtime":
            continue
        variants = [
            one if isinstance(one, dict) else {"version": one}
            for one in (value if isinstance(value, list) else [value])
        ]
        optional = any(variant.get("optional") for variant in variants)
        versions = [variant["version"] for variant in variants if isinstance(variant.get("version"), str)]
        markers = [] if len(variants) > 1 else [_marker(variant) for variant in variants]
        yield Declared(
            name=canonical(name),
            text=f"{name} = {_shown(value)}",
            file=path,
            allowed=tuple(one for version in versions for one in version_sets(version))
            if len(versions) == len(variants)
            else (),
            extras=frozenset(canonical(extra) for variant in variants for extra in variant.get("extras", [])),
            marker=markers[0] if markers else "",
            role="other" if optional else role,
        )


def insert(document: Document, where: Path, requirements: Sequence[Requested]) -> str:
    """Return the text with one ``name = "specifier"`` line per requirement in the table ``where``.

    Raises:
        CannotEditError: The table is written in a way that is not edited safely, or a requirement is a URL.
    """
    text = document.text
    if any(one.requirement.url for one in requirements):
        raise CannotEditError("a requirement by URL is left to the project's own tool")
    written = {one.name: entry(one) for one in requirements}
    table = document.table(*where)
    if table is None:
        if document.value(*where) is not None:
            raise CannotEditError(f"its [{'.'.join(where)}] is not written as a table of its own")
        blank = [""] if text.strip("\ufeff \t\r\n") else []
        new = [*blank, f"[{'.'.join(where)}]", *(written[name] for name in sorted(written, key=str.lower))]
        return _checked(document, where, text + insertion_of_lines(text, len(text), new), requirements)
    entries = [found for found in table.entries if found.path[-1] != "python"]
    after: dict[int, list[str]] = {}
    for index, name in places(
        [found.path[len(where)] for found in entries], [one.name for one in requirements]
    ):
        after.setdefault(index, []).append(written[name])
    insertions: list[tuple[int, str]] = []
    for index, new in after.items():
        offset = table.body_end
        if entries:
            offset = entries[index].end if index >= 0 else line_start(text, entries[0].start)
        insertions.append((offset, insertion_of_lines(text, offset, new)))
    return _checked(document, where, apply_insertions(text, insertions), requirements)


def entry(one: Requested) -> str:
    """Return one requirement as a line of a table: ``name = "specifier"``."""
    return f"{one.name} = {_value(one)}"


def remove(document: Document, where: Path, names: Collection[str]) -> str:
    """Return the text without the lines of these packages (canonical names)."""
    text = document.text
    found = [one for table in document.tables for one in table.entries if one.path[:-1] == where]
    for one in reversed(found):
        if canonical(one.path[-1]) in names:
            text = cut_lines(text, line_start(text, one.start), one.end)
    return text


def version_sets(text: str) -> tuple[SpecifierSet, ...]:
    """Translate Poetry's versions (``^1.2``, ``~1.2``, ``1.2.*``, ``*``, ``a || b``) to PEP 440.

    Returns:
        Sets of which any may hold; none when the text is neither Poetry's nor PEP 440.
    """
    sets: list[SpecifierSet] = []
    for alternative in text.replace("||", "|").split("|"):
        parts = [part.strip() for part in alternative.replace(" ", ",").split(",") if part.strip()]
        try:
            sets.append(SpecifierSet(",".join(_pep440(part) for part in _joined(parts))))
        except (InvalidSpecifier, InvalidVersion):
            return ()
    return tuple(sets)


def _joined(parts: list[str]) -> list[str]:
    """Put an operator and the version that a blank separates from it back together."""
    joined: list[str] = []
    for part in parts:
        if joined and not joined[-1].strip("^~<>=!"):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _pep440(part: str) -> str:
    if part == "*":
        return ""
    if part[0] == "^" or (part[0] == "~" and part[1:2] != "="):
        version = Version(part[1:].strip())
        release = version.release
        if part[0] == "~":
            keep = min(len(release), 2)
        else:
            keep = next((i + 1 for i, number in enumerate(release) if number), len(release))
        upper = ".".join(map(str, (*release[: keep - 1], release[keep - 1] + 1)))
        return f">={version},<{upper}"
    return part if part[0] in "<>=!~" else f"=={part}"


def _marker(variant: dict[str, Any]) -> str:
    if variant.get("markers"):
        return str(variant["markers"])
    return ""


def _shown(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _value(one: Requested) -> str:
    version = one.versions or "*"
    requirement = one.requirement
    if not requirement.extras and not requirement.marker:
        return f'"{version}"'
    parts = [f'version = "{version}"']
    if requirement.extras:
        extras = ", ".join(f'"{extra}"' for extra in sorted(requirement.extras))
        parts.append(f"extras = [{extras}]")
    if requirement.marker:
        parts.append("markers = '" + str(requirement.marker).replace("'", '"') + "'")
    return "{" + ", ".join(parts) + "}"


def _checked(before: Document, where: Path, after: str, requirements: Sequence[Requested]) -> str:
    document = parse(after.encode())
    table = document.value(*where)
    for one in requirements:
        if not isinstance(table, dict) or table.pop(one.name, None) is None:
            raise CannotEditError(f"its [{'.'.join(where)}] is written in a way that this tool does not edit")
    if before.value(*where) is None and not table:
        above = document.value(*where[:-1]) if len(where) > 1 else document.data
        del above[where[-1]]
    if document.data != before.data:
        raise CannotEditError(f"its [{'.'.join(where)}] is written in a way that this tool does not edit")
    return after
