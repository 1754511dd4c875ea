"""``setup.py``: the ``install_requires`` list of ``setup()``, where it is written out.

A list that is computed is not edited. https://setuptools.pypa.io/en/latest/references/keywords.html
"""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import TYPE_CHECKING

from codemods.manifests.arrays import Array, Element, insert_into, quoted, remove_from
from codemods.manifests.model import (
    CannotEditError,
    Declared,
    Read,
    Requested,
    Role,
    canonical_set,
    from_requirement,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ast_grep_py import SgNode


class SetupPy:
    """Reads and writes ``setup.py``; the file is parsed, never run."""

    def declared(self, source: bytes, path: str, read: Read) -> list[Declared]:  # noqa: ARG002 - it includes no files
        """Return ``install_requires`` and the extras, as far as they are written out."""
        root = _parse(_split(source)[1])
        found = list(_requirements(_keyword(root, "install_requires"), root, path, "runtime"))
        extras = _keyword(root, "extras_require")
        for item in extras.find_all(kind="list") if extras else []:
            found += _requirements(item, root, path, "other")
        return found

    def insert(self, source: bytes, requirements: Sequence[Requested]) -> bytes:
        """Return the file with the requirements added to the list.

        Raises:
            CannotEditError: The list is computed, or there is none.
        """
        mark, text = _split(source)
        items = [(one.name, one.text) for one in requirements]
        return mark + insert_into(text, _array(_list(_parse(text))), items).encode("latin-1")

    def remove(self, source: bytes, names: Sequence[str]) -> bytes:
        """Return the file without these packages in the list."""
        gone = canonical_set(names)
        mark, text = _split(source)
        while True:
            array = _array(_list(_parse(text)))
            index = next((i for i, element in enumerate(array.elements) if element.name in gone), None)
            if index is None:
                return mark + text.encode("latin-1")
            text = remove_from(text, array, index)

    def entry(self, source: bytes, one: Requested) -> str:  # noqa: ARG002 - the same in every file
        """Return one requirement as a line of this file."""
        return f"    {quoted(one.text)},"

    def snippet(self, source: bytes, requirements: Sequence[Requested]) -> str:
        """Return the argument to paste."""
        return "\n".join(["install_requires=[", *(self.entry(source, one) for one in requirements), "],"])


def _list(root: SgNode) -> SgNode:
    value = _keyword(root, "install_requires")
    if value is None:
        raise CannotEditError("its setup() call has no install_requires")
    found = _resolved(value, root)
    if found is None:
        raise CannotEditError("its install_requires is computed")
    return found


def _resolved(value: SgNode, root: SgNode) -> SgNode | None:
    """Return the list that an expression is: written out, or a name bound once to a list and used nowhere else."""
    if value.kind() == "identifier":
        uses = [node for node in root.find_all(kind="identifier") if node.text() == value.text()]
        bound = [node.parent() for node in uses if node.range().start.index != value.range().start.index]
        statement = bound[0] if len(bound) == 1 else None
        if statement is None or statement.kind() != "assignment":
            return None
        assigned = statement.field("right")
        module_level = statement.parent()
        if assigned is None or module_level is None or (module_level.parent() or root).kind() != "module":
            return None
        value = assigned
    literal = value.kind() == "list" and all(
        child.kind() in ("string", "comment", "[", "]", ",") for child in value.children()
    )
    return value if literal else None


def _keyword(root: SgNode, name: str) -> SgNode | None:
    """Return the value of a keyword of the ``setup()`` call."""
    for call in root.find_all(kind="call"):
        function, arguments = call.field("function"), call.field("arguments")
        if function is None or arguments is None or function.text().rpartition(".")[2] != "setup":
            continue
        for argument in arguments.children():
            key = argument.field("name") if argument.kind() == "keyword_argument" else None
            if key is not None and key.text() == name:
                return argument.field("value")
    return None


def _array(node: SgNode) -> Array:
    area = node.range()
    strings = [child for child in node.children() if child.kind() == "string"]
    elements = tuple(
        Element(child.range().start.index, child.range().end.index, _name(_content(child)))
        for child in strings
    )
    return Array(area.start.index, area.end.index - 1, elements)


def _requirements(value: SgNode | None, root: SgNode, path: str, role: Role) -> Iterator[Declared]:
    found = _resolved(value, root) if value else None
    for child in found.children() if found else []:
        if child.kind() == "string" and (declared := from_requirement(_content(child), path, role)):
            yield declared


def _content(string: SgNode) -> str:
    """Return what a string literal holds; a requirement has nothing to escape."""
    text = string.text().lstrip("rRuUbB")
    quote = text[:3] if text[:3] in ('"""', "'''") else text[:1]
    return text[len(quote) : -len(quote)]


def _name(requirement: str) -> str:
    found = from_requirement(requirement, "")
    return found.name if found else ""


def _parse(text: str) -> SgNode:
    from ast_grep_py import SgRoot

    root = SgRoot(text, "python").root()
    if root.find(kind="ERROR") is not None:
        raise CannotEditError("it has a syntax error")
    return root


def _split(source: bytes) -> tuple[bytes, str]:
    """Return the byte order mark, or nothing, and the rest as text."""
    mark = BOM_UTF8 if source.startswith(BOM_UTF8) else b""
    # One character per byte, whatever the coding cookie says: names and brackets are ASCII in all of them.
    return mark, source[len(mark) :].decode("latin-1")
