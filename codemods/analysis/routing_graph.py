"""What hangs on each application and router, and the endpoints that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from codemods.analysis.model import Endpoint
from codemods.analysis.paths import is_test_path
from codemods.analysis.syntax import Attribute, Call, Constant, Expression, Items, Name, Source, Text

if TYPE_CHECKING:
    from codemods.analysis.bindings import Bindings, Value
    from codemods.analysis.objects import Objects, WebObject
    from codemods.routing_facts import Prefix

_UNSEEN = "{?}"
_MAX_DEPTH = 20


@dataclass
class Inclusion:
    """A router or application that hangs on another one; ``prefix`` is None where the inclusion gives none."""

    target: WebObject
    prefix: str | None
    mounted: bool


@dataclass
class Node:
    """What hangs on one application or router.

    Attributes:
        prefix: Its own one.
        routes: Below the prefix.
        beside: Routes that leave the prefix out.
        at_root: Routes that stand at the root, wherever it hangs.
        inclusions: What hangs on it in turn.
    """

    prefix: str = ""
    beside: list[Endpoint] = field(default_factory=list)
    at_root: list[Endpoint] = field(default_factory=list)
    routes: list[Endpoint] = field(default_factory=list)
    inclusions: list[Inclusion] = field(default_factory=list)


class RoutingGraph:
    """The routing graph of a project, for readers of routes to fill.

    Attributes:
        nodes: What hangs on an object, by its identity.
        unseen: What reading alone cannot tell, one sentence each.
        mounted: Identities of applications that another application mounts.
    """

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.evaluator = objects.evaluator
        self.nodes: dict[int, Node] = {id(item): Node() for item in objects.all}
        self.unseen: list[str] = []
        self.mounted: set[int] = set()

    def endpoints(self, item: WebObject) -> list[Endpoint]:
        """Return the endpoints reachable through an application, each method and path once, sorted by path."""
        found: dict[tuple[str, str], Endpoint] = {}
        self._collect(item, self.nodes[id(item)].prefix, found, ())
        return sorted(found.values(), key=lambda endpoint: (endpoint.path, endpoint.method))

    def _collect(
        self, item: WebObject, base: str, found: dict[tuple[str, str], Endpoint], above: tuple[int, ...]
    ) -> None:
        if id(item) in above or len(above) > _MAX_DEPTH:
            return
        node, facts = self.nodes[id(item)], item.kind.routes
        for route in node.routes:
            path = joined(facts.prefix, base, route.path) or "/"
            found.setdefault((route.method, path), replace(route, path=path))
        # What leaves the object's own prefix out still stands below the one of what it hangs on.
        outer = base.removesuffix(node.prefix) if node.prefix else base
        for route in node.beside:
            path = joined(facts.prefix, outer, route.path) or "/"
            found.setdefault((route.method, path), replace(route, path=path))
        for route in node.at_root:
            found.setdefault((route.method, route.path), route)
        for inclusion in node.inclusions:
            inner = self._inner(facts.prefix, base, inclusion)
            self._collect(inclusion.target, inner, found, (*above, id(item)))

    def _inner(self, prefix: Prefix, base: str, inclusion: Inclusion) -> str:
        """Return the path below which the routes of something that is included stand."""
        own = self.nodes[id(inclusion.target)].prefix
        if inclusion.mounted:
            return (base + (inclusion.prefix or "")).rstrip("/") + own
        if inclusion.target.kind.routes.prefix.included == "overrides":
            return joined(prefix, base, own if inclusion.prefix is None else inclusion.prefix)
        return joined(prefix, base, (inclusion.prefix or "") + own)

    def include(self, whole: WebObject, part: WebObject, prefix: str | None = None) -> None:
        """Note that an object hangs on another one."""
        if whole is not part:
            self.nodes[id(whole)].inclusions.append(Inclusion(part, prefix, mounted=False))

    def mount(self, item: WebObject, at: Value, app: Expression, path: str) -> None:
        """Note what is mounted under a path."""
        targets = self.objects.of(at.source, at.scope, app, at.bindings)
        for target in targets:
            if target is item:
                continue
            self.part_of(item, target)
            self.nodes[id(item)].inclusions.append(Inclusion(target, path, mounted=True))

    def part_of(self, whole: WebObject, part: WebObject) -> None:
        """Note that an object hangs on another one; what a test mounts somewhere is still served by itself."""
        if part.is_app and (is_test_path(part.source.path) or not is_test_path(whole.source.path)):
            self.mounted.add(id(part))

    def methods_of(self, source: Source, call: Call, bindings: Bindings) -> list[str] | None:
        """Return the methods that a route is given; None when it is given none."""
        given = call.keywords.get("methods")
        if given is None:
            return None
        elements = self.evaluator.items(source, call.scope, given, bindings)
        if elements is None:
            self.note(source.path, call.line, "the methods of a route are known at run time only")
            return None
        names = [self.evaluator.literal(e.source, e.scope, e.expression, e.bindings) for e in elements]
        return sorted({name.upper() for name in names if name})

    def literal(
        self, source: Source, call: Call, expression: Expression, bindings: Bindings, what: str
    ) -> str:
        """Return a path or prefix; a placeholder, and a note, where reading does not tell."""
        if isinstance(expression, Text):
            return expression.value
        text = self.evaluator.literal(source, call.scope, expression, bindings)
        if text is None:
            if isinstance(expression, Constant):
                return ""
            self.note(source.path, call.line, f"the {what}, {shown(expression)}, is known at run time only")
            return f"/{_UNSEEN}"
        return text

    def endpoint(self, source: Source, call: Call, method: str, path: str, function: str) -> Endpoint:
        """Return the endpoint that a call makes."""
        return Endpoint(method, path, source.path, function, call.line)

    def note(self, path: str, line: int, text: str) -> None:
        """Note once what reading alone cannot tell."""
        note = f"{path}:{line}: {text}" if line else f"{path}: {text}"
        if note not in self.unseen:
            self.unseen.append(note)


def joined(facts: Prefix, base: str, path: str) -> str:
    """Return a path below a prefix, put together as the framework does."""
    if facts.joined == "as_written" or not base or not path:
        return base + path
    return f"{base.rstrip('/')}/{path.lstrip('/')}"


def named(expression: Expression | None) -> str:
    """Return the name of a handler; empty when it has none."""
    return expression.path if isinstance(expression, Name) else ""


def shown(expression: Expression) -> str:
    """Return an expression as a note shows it."""
    if isinstance(expression, Name):
        return f"`{expression.path}`"
    if isinstance(expression, Call):
        return f"{shown(expression.function)}()"
    if isinstance(expression, Attribute):
        return f"`….{expression.name}`"
    if isinstance(expression, Items):
        return "a list"
    return "an expression"
