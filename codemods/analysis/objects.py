"""The application and router objects of a project: where each is made and which expressions stand for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.analysis.paths import is_test_path
from codemods.analysis.prefilter import mentions
from codemods.analysis.project import Project, Symbol
from codemods.analysis.syntax import Attribute, Call, Expression, Name, Source
from codemods.analysis.values import Evaluator

if TYPE_CHECKING:
    from codemods.analysis.bindings import Bindings
    from codemods.facts import Framework
    from codemods.routing_facts import Extension, Routes

# How often files that mention what the last round found are searched for more.
_MAX_ROUNDS = 4


@dataclass(frozen=True)
class Kind:
    """What the objects of a class are: an application, a router, or an object of an extension."""

    framework: Framework
    is_app: bool
    extension: Extension | None = None

    @property
    def routes(self) -> Routes:
        """How they declare routes."""
        return self.extension.routes if self.extension else self.framework.routes


@dataclass(eq=False)
class WebObject:
    """One call that makes an application or a router.

    Attributes:
        framework: The facts of its framework.
        is_app: An application; otherwise a router.
        call: The constructor call.
        source: The file it stands in.
        constructor: Resolved dotted name of what is called.
        kind: How its class declares routes.
        made_by: The object whose method made it.
    """

    framework: Framework
    is_app: bool
    call: Call
    source: Source
    constructor: str
    kind: Kind
    made_by: WebObject | None = None
    class_path: str = ""
    class_name: str = ""


class Objects:
    """All applications and routers, and the look-up from an expression to them."""

    def __init__(self, project: Project, evaluator: Evaluator, frameworks: list[Framework]) -> None:
        self.project = project
        self.evaluator = evaluator
        self.frameworks = frameworks
        self._kinds = _kinds(frameworks)
        self._proxies = {name: facts for facts in frameworks for name in facts.proxies}
        self._makers = {
            method
            for kind in self._kinds.values()
            for method in (kind.extension.makes if kind.extension else ())
        }
        self._classes: dict[tuple[str, str], Kind | None] = {}
        self._by_call: dict[int, WebObject] = {}
        self._seen: set[str] = set()
        self.all: list[WebObject] = []
        self.subclasses: set[str] = set()

    def collect(self) -> None:
        """Find the objects in every file that is parsed by now."""
        for source in self.project.parsed():
            if source.path in self._seen:
                continue
            self._seen.add(source.path)
            for cls in source.classes.values():
                if self._kind(Symbol("", source.path, "", cls.qualname)) is not None:
                    self.subclasses.add(cls.qualname.rpartition(".")[2])
            for call in source.calls:
                if isinstance(call.function, Name):
                    self._take(source, call, call.function)
        self._collect_made()
        self.all.sort(key=lambda item: (item.source.path, item.call.line))

    def constructors(self) -> set[str]:
        """Return the last parts of the names of every class that makes an application or a router."""
        return {name.rpartition(".")[2] for name in self._kinds}

    def of(
        self, source: Source, scope: str, expression: Expression, bindings: Bindings | None = None
    ) -> list[WebObject]:
        """Return the objects an expression can stand for."""
        found = self._of(source, scope, expression, bindings)
        if not found and isinstance(expression, Name) and "." in expression.path:
            # `app.router` is the application's own routing table.
            owner, _, attribute = expression.path.rpartition(".")
            if attribute == "router":
                return self._of(source, scope, Name(owner), bindings)
        return found

    def _of(
        self, source: Source, scope: str, expression: Expression, bindings: Bindings | None
    ) -> list[WebObject]:
        if isinstance(expression, Name) and expression.path == "self":
            return self._of_self(source, scope)
        found: list[WebObject] = []
        for value in self.evaluator.values(source, scope, expression, bindings):
            item = self._by_call.get(id(value.expression))
            if item is None and isinstance(value.expression, Attribute) and value.expression.name == "router":
                item = self._by_call.get(id(value.expression.value))
            if item is None and isinstance(value.expression, Name) and value.expression.path == "self":
                found.extend(made for made in self._of_self(value.source, value.scope) if made not in found)
            if item is None and value.symbol and (facts := self._proxies.get(value.symbol.full)):
                found.extend(made for made in self._only_application(facts) if made not in found)
            if item is not None and item not in found:
                found.append(item)
        return found

    def _only_application(self, facts: Framework) -> list[WebObject]:
        """Return what a proxy stands for, where the project leaves no choice."""
        made = [
            item
            for item in self.all
            if item.is_app and item.framework is facts and not is_test_path(item.source.path)
        ]
        return made if len(made) == 1 else []

    def _of_self(self, source: Source, scope: str) -> list[WebObject]:
        owner = scope.rpartition(".")[0]
        return [item for item in self.all if item.class_path == source.path and item.class_name == owner]

    def _take(self, source: Source, call: Call, function: Name) -> None:
        symbol = self.project.resolve(source, call.scope, function.path)
        kind = self._kind(symbol)
        if kind is None:
            return
        made = WebObject(kind.framework, kind.is_app, call, source, symbol.full, kind)
        if symbol.path:
            made.class_path, made.class_name = symbol.path, symbol.name
        self._by_call[id(call)] = made
        self.all.append(made)

    def _collect_made(self) -> None:
        """Find the objects that methods of other ones make: `ns = api.namespace("pets")`."""
        for source in self.project.parsed() if self._makers else ():
            for call in source.calls:
                if id(call) in self._by_call or not isinstance(call.function, Name):
                    continue
                owner, _, method = call.function.path.rpartition(".")
                if method not in self._makers or not owner:
                    continue
                for maker in self.of(source, call.scope, Name(owner)):
                    name = maker.kind.extension.makes.get(method) if maker.kind.extension else None
                    if name is not None:
                        kind = self._kinds[name]
                        made = WebObject(kind.framework, kind.is_app, call, source, name, kind, maker)
                        self._by_call[id(call)] = made
                        self.all.append(made)
                        break

    def _kind(self, symbol: Symbol) -> Kind | None:
        if symbol.full in self._kinds and not symbol.path:
            return self._kinds[symbol.full]
        if not symbol.path:
            return None
        key = (symbol.path, symbol.name)
        if key not in self._classes:
            self._classes[key] = None
            if found := self.evaluator.definitions.class_at(symbol):
                for base in self.evaluator.definitions.bases(*found):
                    if not base.path and base.full in self._kinds:
                        self._classes[key] = self._kinds[base.full]
                        break
        return self._classes[key]


def _kinds(frameworks: list[Framework]) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    for facts in reversed(frameworks):
        found.update({name: Kind(facts, is_app=True) for name in facts.applications})
        found.update({name: Kind(facts, is_app=False) for name in facts.routers})
        for extension in facts.extensions:
            found.update({name: Kind(facts, extension.application, extension) for name in extension.classes})
    return found


def find_objects(project: Project, frameworks: list[Framework]) -> Objects:
    """Find applications and routers; files that only mention what others make are parsed in further rounds."""
    objects = Objects(project, Evaluator(project), frameworks)
    objects.collect()
    searched: set[str] = set()
    for _ in range(_MAX_ROUNDS):
        names = _producers(objects) - searched
        if not names:
            break
        searched |= names
        pattern = mentions(names)
        # A name alone is common (`app`); the file must import something to reach the object.
        for path, data in project.tree.sources.items():
            if path not in project.sources and b"import" in data and pattern.search(data):
                project.read(path)
        objects.collect()
    return objects


def _producers(objects: Objects) -> set[str]:
    """Return names of functions, methods and variables through which other files reach an application.

    They are what the second look at the files that mention no framework searches for.
    """
    names: set[str] = set()
    for item in objects.all:
        scope = item.call.scope
        if scope:
            names.add(
                scope.rpartition(".")[2] if scope.rpartition(".")[2] != "__init__" else scope.split(".")[-2]
            )
        elif item.is_app and item.call.target:
            names.add(item.call.target)
    # Only a file that names a constructor, or something found before, can return one.
    pattern = mentions({*names, *objects.subclasses, *objects.constructors()} or {"-"})
    for source in objects.project.parsed():
        if not pattern.search(objects.project.tree.sources.get(source.path, b"")):
            continue
        for function in source.functions.values():
            if any(objects.of(source, function.qualname, value) for value in function.returns):
                names.add(function.qualname.rpartition(".")[2])
    names.update(objects.subclasses)
    return {name for name in names if name.isidentifier()}
