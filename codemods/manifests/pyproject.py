"""``pyproject.toml``: the ``[project]`` table of PEP 621 (setuptools, Hatch, uv, PDM, Poetry 2) and Poetry's own table.

https://packaging.python.org/en/latest/specifications/pyproject-toml/
https://packaging.python.org/en/latest/specifications/dependency-groups/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.manifests import poetry
from codemods.manifests.arrays import insert_into, quoted, remove_from
from codemods.manifests.model import (
    CannotEditError,
    Declared,
    Read,
    Requested,
    Role,
    canonical_set,
    from_requirement,
)
from codemods.manifests.text import insertion_of_lines
from codemods.manifests.toml_spans import Document, array_at, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LISTS_OF_OTHERS = (
    ("project", "optional-dependencies"),
    ("dependency-groups",),
    ("tool", "pdm", "dev-dependencies"),
)
_OTHER_LISTS = (("tool", "uv", "dev-dependencies"),)
_CONSTRAINTS = (("tool", "uv", "constraint-dependencies"), ("tool", "uv", "override-dependencies"))


class Pyproject:
    """Reads and writes ``pyproject.toml``; what the file says decides which table run-time dependencies go to."""

    def declared(self, source: bytes, path: str, read: Read) -> list[Declared]:  # noqa: ARG002 - it includes no files
        """Return the run-time dependencies, and those of extras, groups and resolver settings."""
        document = parse(source)
        return [*_project_dependencies(document, path), *poetry.declared(document, path)]

    def insert(self, source: bytes, requirements: Sequence[Requested]) -> bytes:
        """Return the file with run-time dependencies added.

        Raises:
            CannotEditError: The dependencies are computed, or the file is written in a way that is not edited safely.
        """
        document = parse(source)
        if poetry.owns_dependencies(document):
            return poetry.insert(document, ("tool", "poetry", "dependencies"), requirements).encode()
        if "dependencies" in (document.value("project", "dynamic") or []):
            raise CannotEditError("its dependencies are dynamic: the build backend computes them")
        if document.value("project") is None:
            raise CannotEditError("it has no [project] table")
        after = _insert_into_project(document, requirements)
        _check(document, after, requirements)
        return after.encode()

    def remove(self, source: bytes, names: Sequence[str]) -> bytes:
        """Return the file without the run-time dependencies of these names."""
        document = parse(source)
        gone = canonical_set(names)
        text = poetry.remove(document, ("tool", "poetry", "dependencies"), gone)
        while entry := parse(text.encode()).entry("project", "dependencies"):
            array = array_at(text, entry.value, _name)
            index = next((i for i, element in enumerate(array.elements) if element.name in gone), None)
            if index is None:
                break
            text = remove_from(text, array, index)
        return text.encode()

    def entry(self, source: bytes, one: Requested) -> str:
        """Return one requirement as a line of this file."""
        return poetry.entry(one) if _is_poetry(source) else f"    {quoted(one.text)},"

    def snippet(self, source: bytes, requirements: Sequence[Requested]) -> str:
        """Return the entries to paste."""
        lines = [self.entry(source, one) for one in requirements]
        if _is_poetry(source):
            return "\n".join(["[tool.poetry.dependencies]", *lines])
        return "\n".join(["dependencies = [", *lines, "]"])


def _is_poetry(source: bytes) -> bool:
    try:
        return poetry.owns_dependencies(parse(source))
    except CannotEditError:
        return False


def _insert_into_project(document: Document, requirements: Sequence[Requested]) -> str:
    text = document.text
    items = [(one.name, one.text) for one in requirements]
    if entry := document.entry("project", "dependencies"):
        return insert_into(text, array_at(text, entry.value, _name), items)
    table = document.table("project")
    if table is None or document.value("project", "dependencies") is not None:
        raise CannotEditError("its [project] table is not written as a table of its own")
    lines = [
        "dependencies = [",
        *(f"    {quoted(text)}," for _, text in sorted(items, key=lambda item: item[0].lower())),
        "]",
    ]
    offset = table.body_end
    return text[:offset] + insertion_of_lines(text, offset, lines) + text[offset:]


def _project_dependencies(document: Document, path: str) -> Iterator[Declared]:
    yield from _strings(document.value("project", "dependencies"), path, "runtime")
    for where in _LISTS_OF_OTHERS:
        groups = document.value(*where)
        for group in groups.values() if isinstance(groups, dict) else ():
            yield from _strings(group, path, "other")
    for where in _OTHER_LISTS:
        yield from _strings(document.value(*where), path, "other")
    for where in _CONSTRAINTS:
        yield from _strings(document.value(*where), path, "constraint")
    overrides = document.value("tool", "pdm", "resolution", "overrides")
    for name, version in overrides.items() if isinstance(overrides, dict) else ():
        yield from _strings(
            [f"{name}=={version}" if str(version)[:1].isdigit() else f"{name}{version}"], path, "constraint"
        )


def _strings(values: object, path: str, role: Role) -> Iterator[Declared]:
    for value in values if isinstance(values, list) else ():
        if isinstance(value, str) and (found := from_requirement(value, path, role)):
            yield found


def _name(requirement: str) -> str:
    found = from_requirement(requirement, "")
    return found.name if found else ""


def _check(before: Document, after: str, requirements: Sequence[Requested]) -> None:
    """Make sure that the file means what it meant, and our entries besides."""
    data = parse(after.encode()).data
    entries = data["project"].get("dependencies", [])
    kept = list(entries)
    for one in requirements:
        if one.text not in kept:
            raise CannotEditError("its list of dependencies is written in a way that this tool does not edit")
        kept.remove(one.text)
    old = before.data["project"].get("dependencies")
    data["project"]["dependencies"] = kept
    if old is None:
        del data["project"]["dependencies"]
    if kept != (old or []) or data != before.data:
        raise CannotEditError("its list of dependencies is written in a way that this tool does not edit")
