"""Names across the files of one project: which file a module is, and what a name in a file stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.analysis.encoding import UnreadableSourceError
from codemods.analysis.model import SkippedFile
from codemods.analysis.source import read_source
from codemods.analysis.syntax import Expression, Name, Source

if TYPE_CHECKING:
    from codemods.analysis.files import Tree

_MAX_HOPS = 24


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name stands for.

    Attributes:
        full: Absolute dotted name: ``fastapi.FastAPI``, ``shop.main.app``.
        path: File that defines it; empty outside the project.
        scope: Function in which it is bound; empty at module level.
        name: The name in that file; empty for the module itself.
    """

    full: str
    path: str = ""
    scope: str = ""
    name: str = ""


@dataclass
class Project:
    """The files of one service with its import root, parsed when asked for."""

    tree: Tree
    import_root: str = "."
    sources: dict[str, Source | None] = field(default_factory=dict)
    skipped: list[SkippedFile] = field(default_factory=list)
    known: frozenset[str] = frozenset()
    more_roots: tuple[str, ...] = ()
    _directories: set[str] = field(default_factory=set)
    _cache: dict[tuple[str, str, str], Symbol] = field(default_factory=dict)
    _sorted: list[Source] = field(default_factory=list)
    _sorted_size: int = 0
    _located: dict[str, Symbol] = field(default_factory=dict)

    def read(self, path: str) -> Source | None:
        """Return what a file says; None when it cannot be read (reported once in ``skipped``)."""
        if path in self.sources:
            return self.sources[path]
        data = self.tree.sources.get(path)
        source: Source | None = None
        if data is not None:
            try:
                source = read_source(path, data)
                if source.error:
                    self.skipped.append(SkippedFile(path, source.error))
            except UnreadableSourceError as error:
                self.skipped.append(SkippedFile(path, str(error)))
        self.sources[path] = source
        return source

    def parsed(self) -> list[Source]:
        """Return every file that was parsed so far, sorted by path."""
        if self._sorted_size != len(self.sources):
            self._sorted_size = len(self.sources)
            self._sorted = [source for _, source in sorted(self.sources.items()) if source is not None]
        return list(self._sorted)

    def set_import_root(self, import_root: str, more: tuple[str, ...] = ()) -> None:
        """Choose the directory that is on ``sys.path``, and what code adds; names resolve from there from now on."""
        self.import_root, self.more_roots = import_root, more
        self._cache.clear()
        self._located.clear()

    def module(self, path: str) -> str:
        """Return the dotted module name of a file, from the import root."""
        prefix = "" if self.import_root == "." else f"{self.import_root}/"
        inner = path.removeprefix(prefix) if path.startswith(prefix) else path
        return inner.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def find_module(self, dotted: str) -> str:
        """Return the file of a module of the project; empty when it is none."""
        inner = dotted.replace(".", "/")
        roots = [""] if self.import_root == "." else [f"{self.import_root}/", ""]
        roots += [f"{root}/" for root in self.more_roots]
        for root in roots:
            for path in (f"{root}{inner}.py", f"{root}{inner}/__init__.py"):
                if path in self.tree.sources:
                    return path
        return ""

    def absolute(self, path: str, target: str) -> str:
        """Make the target of an import absolute: resolve the dots of a relative one from its file."""
        if not target.startswith("."):
            return target
        rest = target.lstrip(".")
        level = len(target) - len(rest)
        parts = self.module(path).split(".")
        if not path.endswith("__init__.py"):
            parts = parts[:-1]
        parts = parts[: len(parts) - (level - 1)] if level > 1 else parts
        return ".".join([*parts, rest] if rest else parts)

    def resolve(self, source: Source, scope: str, dotted: str) -> Symbol:
        """Say what a name, as written in a scope of a file, stands for."""
        key = (source.path, scope, dotted)
        if key not in self._cache:
            self._cache[key] = self._resolve(source, scope, dotted)
        return self._cache[key]

    def _resolve(self, source: Source, scope: str, dotted: str) -> Symbol:
        first, _, rest = dotted.partition(".")
        for inner in enclosing(scope):
            if bound := source.bound.get((inner, first)):
                target = self.absolute(source.path, bound.target)
                return self.locate(f"{target}.{rest}" if rest else target)
            function = source.functions.get(inner)
            local = inner and (source.assigned(inner, first) or (function and first in function.parameters))
            if local or (first in {"self", "cls"} and inner):
                return Symbol(f"{self.module(source.path)}.{inner}.{dotted}", source.path, inner, dotted)
            nested = f"{inner}.{first}" if inner else first
            if (
                nested in source.functions
                or nested in source.classes
                or (not inner and source.assigned("", first))
            ):
                name = f"{inner}.{dotted}" if inner else dotted
                return Symbol(f"{self.module(source.path)}.{name}", source.path, "", name)
        for star in source.stars:
            found = self.locate(f"{self.absolute(source.path, star)}.{dotted}")
            # What an outside module's star brings cannot be listed, so only names that the facts know count.
            if self._defines(found.path, found.name) if found.path else found.full in self.known:
                return found
        return Symbol(dotted)

    def locate(self, dotted: str, hops: int = 0) -> Symbol:
        """Follow an absolute dotted name through the project's re-exports to where it is defined."""
        if dotted not in self._located:
            # Modules that import everything from one another meet this entry instead of going round.
            self._located[dotted] = Symbol(dotted)
            self._located[dotted] = self._locate(dotted, hops)
        return self._located[dotted]

    def _locate(self, dotted: str, hops: int) -> Symbol:
        parts = dotted.split(".")
        for cut in range(len(parts), 0, -1):
            path = self.find_module(".".join(parts[:cut]))
            if not path:
                continue
            rest = parts[cut:]
            source = self.read(path) if rest else None
            if source is None or hops > _MAX_HOPS:
                return Symbol(dotted, path, "", ".".join(rest))
            bound = source.bound.get(("", rest[0]))
            if bound is not None:
                target = ".".join([self.absolute(path, bound.target), *rest[1:]])
                if target != dotted:
                    return self.locate(target, hops + 1)
            if not self._defines(path, rest[0]):
                for star in source.stars:
                    found = self.locate(".".join([self.absolute(path, star), *rest]), hops + 1)
                    if self._defines(found.path, found.name) if found.path else found.full in self.known:
                        return found
            return Symbol(dotted, path, "", ".".join(rest))
        return Symbol(dotted)

    def _defines(self, path: str, name: str) -> bool:
        source = self.read(path)
        first = name.partition(".")[0]
        return source is not None and (
            first in source.functions
            or first in source.classes
            or bool(source.assigned("", first))
            or ("", first) in source.bound
        )

    def full_name(self, source: Source, scope: str, expression: Expression) -> str:
        """Return the absolute dotted name of an expression that is a plain name; empty otherwise."""
        return self.resolve(source, scope, expression.path).full if isinstance(expression, Name) else ""


def enclosing(scope: str) -> list[str]:
    """Return a scope and the scopes around it, innermost first, the module (``""``) last."""
    scopes = []
    while scope:
        scopes.append(scope)
        scope = scope.rpartition(".")[0]
    return [*scopes, ""]
