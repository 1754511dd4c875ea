"""``Pipfile``, the dependency file of Pipenv: its ``[packages]`` table.

https://pipenv.pypa.io/en/latest/pipfile.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.manifests import poetry
from codemods.manifests.model import Declared, Read, Requested, canonical_set
from codemods.manifests.toml_spans import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

_SETTINGS = ("source", "requires", "scripts", "pipenv", "packages")
_WHERE = ("packages",)


class Pipfile:
    """Reads and writes Pipfiles."""

    def declared(self, source: bytes, path: str, read: Read) -> list[Declared]:  # noqa: ARG002 - it includes no files
        """Return the packages, then those of ``[dev-packages]`` and of categories of the user's own."""
        data = parse(source).data
        found = list(poetry.table_dependencies(data.get("packages"), path, "runtime"))
        for name, table in data.items():
            if name not in _SETTINGS:
                found += poetry.table_dependencies(table, path, "other")
        return found

    def insert(self, source: bytes, requirements: Sequence[Requested]) -> bytes:
        """Return the file with one line per requirement in ``[packages]``.

        Raises:
            CannotEditError: The table is written in a way that is not edited safely.
        """
        return poetry.insert(parse(source), _WHERE, requirements).encode()

    def remove(self, source: bytes, names: Sequence[str]) -> bytes:
        """Return the file without the lines of these packages."""
        return poetry.remove(parse(source), _WHERE, canonical_set(names)).encode()

    def entry(self, source: bytes, one: Requested) -> str:  # noqa: ARG002 - the same in every file
        """Return one requirement as a line of this file."""
        return poetry.entry(one)

    def snippet(self, source: bytes, requirements: Sequence[Requested]) -> str:
        """Return the table to paste."""
        return "\n".join(["[packages]", *(self.entry(source, one) for one in requirements)])
