"""The classes and functions that a project defines: what a name leads to, and who derives from or calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.syntax import Call, Class, Function, Name, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.analysis.project import Project, Symbol


class Definitions:
    """Looks up the definitions of one project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._callers: dict[tuple[str, str], list[tuple[Source, Call]]] | None = None
        self._callers_count = -1

    def class_at(self, symbol: Symbol) -> tuple[Source, Class] | None:
        """Return the class a symbol stands for, when the project defines it."""
        source = self.project.read(symbol.path) if symbol.path else None
        found = source.classes.get(symbol.name) if source else None
        return (source, found) if source and found else None

    def function_at(self, symbol: Symbol) -> tuple[Source, Function] | None:
        """Return the function a symbol stands for, when the project defines it."""
        source = self.project.read(symbol.path) if symbol.path else None
        found = source.functions.get(symbol.name) if source else None
        return (source, found) if source and found else None

    def bases(self, source: Source, cls: Class, seen: set[int] | None = None) -> Iterator[Symbol]:
        """Yield what a class derives from, directly or through classes of the project."""
        above = set() if seen is None else seen
        if id(cls) in above:
            return
        above.add(id(cls))
        scope = cls.qualname.rpartition(".")[0]
        for base in cls.bases:
            if not isinstance(base, Name):
                continue
            symbol = self.project.resolve(source, scope, base.path)
            yield symbol
            if (found := self.class_at(symbol)) and found[1] is not cls:
                yield from self.bases(*found, above)

    def calls_of(self, path: str, qualname: str) -> list[tuple[Source, Call]]:
        """Return the calls, in every file that is parsed by now, of a function or class by its name."""
        parsed = self.project.parsed()
        if self._callers is None or self._callers_count != len(parsed):
            self._callers, self._callers_count = {}, len(parsed)
            for source in parsed:
                for call in source.calls:
                    if isinstance(call.function, Name):
                        symbol = self.project.resolve(source, call.scope, call.function.path)
                        if symbol.path:
                            self._callers.setdefault((symbol.path, symbol.name), []).append((source, call))
        return self._callers.get((path, qualname), [])
