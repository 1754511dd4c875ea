"""Endpoints: the methods and paths a client sees, read from decorators, routers, mounts and route tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.analysis.attributes import class_of
from codemods.analysis.bindings import Bindings, Value
from codemods.analysis.model import Endpoint
from codemods.analysis.paths import is_test_path
from codemods.analysis.syntax import Attribute, Call, Constant, Expression, Items, Name, Source, Text

if TYPE_CHECKING:
    from codemods.analysis.objects import Objects, WebObject

_UNSEEN = "{?}"
_MAX_DEPTH = 20


@dataclass
class _Inclusion:
    target: WebObject
    prefix: str
    mounted: bool


@dataclass
class _Node:
    """What hangs on one application or router."""

    prefix: str = ""
    routes: list[Endpoint] = field(default_factory=list)
    inclusions: list[_Inclusion] = field(default_factory=list)


class Routes:
    """The routing graph of a project.

    Attributes:
        unseen: What reading alone cannot tell, one sentence each.
        mounted: Identities of applications that another application mounts.
    """

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.evaluator = objects.evaluator
        self.project = objects.project
        self.nodes: dict[int, _Node] = {id(item): _Node() for item in objects.all}
        self.unseen: list[str] = []
        self.mounted: set[int] = set()
        facts = {item.framework.name: item.framework.routes for item in objects.all}.values()
        self._methods: set[str] = set()
        self._decorators: set[str] = set()
        for routes in facts:
            self._methods.update(
                routes.decorators,
                routes.decorators_with_methods,
                routes.websocket_decorators,
                routes.calls,
                routes.websocket_calls,
                [routes.include, routes.mount],
            )
            self._decorators.update(
                routes.decorators, routes.decorators_with_methods, routes.websocket_decorators
            )
        self._methods.discard("")
        for item in objects.all:
            self._constructor(item)
        for source in self.project.parsed():
            for call in source.calls:
                self._call(source, call)

    def endpoints(self, item: WebObject) -> list[Endpoint]:
        """Return the endpoints reachable through an application, each method and path once, sorted by path."""
        found: dict[tuple[str, str], Endpoint] = {}
        self._collect(item, "", found, ())
        return sorted(found.values(), key=lambda endpoint: (endpoint.path, endpoint.method))

    def _collect(
        self, item: WebObject, prefix: str, found: dict[tuple[str, str], Endpoint], above: tuple[int, ...]
    ) -> None:
        if id(item) in above or len(above) > _MAX_DEPTH:
            return
        node = self.nodes[id(item)]
        base = prefix + node.prefix
        for route in node.routes:
            path = base + route.path or "/"
            endpoint = Endpoint(route.method, path, route.file, route.function, route.line)
            found.setdefault((endpoint.method, path), endpoint)
        for inclusion in node.inclusions:
            inner = base + inclusion.prefix
            self._collect(
                inclusion.target, inner.rstrip("/") if inclusion.mounted else inner, found, (*above, id(item))
            )

    # What is read from the constructor

    def _constructor(self, item: WebObject) -> None:
        node, call = self.nodes[id(item)], item.call
        if (prefix := call.keywords.get("prefix")) is not None:
            node.prefix = self._literal(item.source, call, prefix, {}, "prefix of a router")
        table = item.framework.routes.table
        if table is None:
            return
        routes = call.keywords.get(table.argument)
        if routes is None and not item.is_app and call.arguments:
            routes = call.arguments[0]
        if routes is None and item.is_app and len(call.arguments) > 1:
            routes = call.arguments[1]
        if routes is not None and not isinstance(routes, Constant):
            self._table(item, item.source, call.scope, routes, "", {})

    def _table(
        self, item: WebObject, source: Source, scope: str, routes: Expression, prefix: str, bindings: Bindings
    ) -> None:
        elements = self.evaluator.items(source, scope, routes, bindings)
        if elements is None:
            self._note(source.path, item.call.line, "the list of routes is built at run time")
            return
        for element in elements:
            for value in self.evaluator.values(
                element.source, element.scope, element.expression, element.bindings
            ):
                self._table_entry(item, value, prefix)

    def _table_entry(self, item: WebObject, value: Value, prefix: str) -> None:
        call, table = value.expression, item.framework.routes.table
        if not isinstance(call, Call) or table is None:
            self._note(value.source.path, 0, "an entry of the list of routes is built at run time")
            return
        name = self.project.full_name(value.source, value.scope, call.function)
        node = self.nodes[id(item)]
        path = call.argument(0, "path")
        text = (
            "" if path is None else self._literal(value.source, call, path, value.bindings, "path of a route")
        )
        if name in table.route:
            endpoint = call.argument(1, "endpoint")
            methods = self._route_methods(value, call, endpoint)
            for method in methods:
                node.routes.append(
                    self._endpoint(value.source, call, method, prefix + text, _named(endpoint))
                )
        elif name in table.websocket:
            endpoint = call.argument(1, "endpoint")
            node.routes.append(
                self._endpoint(value.source, call, "WEBSOCKET", prefix + text, _named(endpoint))
            )
        elif name in table.mount:
            inner = prefix + text.rstrip("/")
            if (routes := call.keywords.get("routes")) is not None:
                self._table(item, value.source, value.scope, routes, inner, value.bindings)
            if (app := call.argument(1, "app")) is not None:
                self._mount(item, value, app, inner)

    def _route_methods(self, value: Value, call: Call, endpoint: Expression | None) -> list[str]:
        methods = self._methods_of(value.source, call, value.bindings)
        if methods is not None or endpoint is None:
            return methods or ["GET"]
        for target in self.evaluator.values(value.source, value.scope, endpoint, value.bindings):
            if (found := class_of(self.evaluator, target)) and isinstance(target.expression, Name):
                source, cls = found
                defined = [
                    name.upper()
                    for name in ("get", "post", "put", "patch", "delete", "head", "options")
                    if f"{cls.qualname}.{name}" in source.functions
                ]
                return defined or ["GET"]
        return ["GET"]

    # What is read from calls and decorators

    def _call(self, source: Source, call: Call) -> None:
        function = call.function
        if isinstance(function, Name):
            owner_path, _, method = function.path.rpartition(".")
            owner: Expression = Name(owner_path)
        elif isinstance(function, Attribute):
            owner, method = function.value, function.name
        else:
            return
        if method not in self._methods or (isinstance(owner, Name) and not owner.path):
            return
        if method in self._decorators and not call.decorates:
            return
        environments = self.evaluator.environments(source, call)
        if environments is None:
            owners = self.objects.of(source, call.scope, owner)
            if owners:
                self._note(
                    source.path, call.line, f"`{method}` stands in a loop over values known at run time only"
                )
            for item in owners:
                self._mounted_somewhere(item, source, call, method)
            return
        for bindings in environments:
            for item in self.objects.of(source, call.scope, owner, bindings):
                self._apply(item, source, call, method, bindings)

    def _apply(self, item: WebObject, source: Source, call: Call, method: str, bindings: Bindings) -> None:
        facts = item.framework.routes
        node = self.nodes[id(item)]
        if method == facts.include and method:
            self._include(item, source, call, bindings)
            return
        if method == facts.mount:
            self._mount_call(item, source, call, bindings)
            return
        known = (
            method in facts.decorators
            or method in facts.decorators_with_methods
            or method in facts.websocket_decorators
            or method in facts.calls
            or method in facts.websocket_calls
        )
        if not known:
            return
        path = call.argument(0, "path")
        if path is None:
            return
        text = self._literal(source, call, path, bindings, "path of a route")
        by_call = method in facts.calls or method in facts.websocket_calls
        function = (
            _named(call.argument(1, "endpoint") or call.argument(1, "route")) if by_call else call.decorates
        )
        if method in facts.decorators:
            methods = [facts.decorators[method]]
        elif method in facts.websocket_decorators or method in facts.websocket_calls:
            methods = ["WEBSOCKET"]
        else:
            methods = self._methods_of(source, call, bindings) or ["GET"]
        node.routes.extend(self._endpoint(source, call, name, text, function) for name in methods)

    def _include(self, item: WebObject, source: Source, call: Call, bindings: Bindings) -> None:
        router = call.argument(0, "router")
        if router is None:
            return
        targets = self.objects.of(source, call.scope, router, bindings)
        prefix = call.keywords.get("prefix")
        text = (
            ""
            if prefix is None
            else self._literal(source, call, prefix, bindings, "prefix of an included router")
        )
        if not targets:
            self._note(
                source.path,
                call.line,
                f"the included router {_shown(router)} is made outside the code that was read",
            )
        for target in targets:
            self.nodes[id(item)].inclusions.append(_Inclusion(target, text, mounted=False))

    def _mount_call(self, item: WebObject, source: Source, call: Call, bindings: Bindings) -> None:
        path, app = call.argument(0, "path"), call.argument(1, "app")
        if path is None or app is None:
            return
        text = self._literal(source, call, path, bindings, "path of a mount").rstrip("/")
        self._mount(item, Value(source, call.scope, app, None, bindings), app, text)

    def _mounted_somewhere(self, item: WebObject, source: Source, call: Call, method: str) -> None:
        """Remember that an application is a part of another one, though nobody can say where or how often."""
        app = call.argument(1, "app")
        if method != item.framework.routes.mount or app is None:
            return
        for target in self.objects.of(source, call.scope, app):
            if target is not item:
                self._part_of(item, target)

    def _mount(self, item: WebObject, at: Value, app: Expression, path: str) -> None:
        targets = self.objects.of(at.source, at.scope, app, at.bindings)
        for target in targets:
            if target is item:
                continue
            self._part_of(item, target)
            self.nodes[id(item)].inclusions.append(_Inclusion(target, path, mounted=True))

    def _part_of(self, whole: WebObject, part: WebObject) -> None:
        # What a test mounts somewhere is still served by itself.
        if part.is_app and (is_test_path(part.source.path) or not is_test_path(whole.source.path)):
            self.mounted.add(id(part))

    # Literals

    def _methods_of(self, source: Source, call: Call, bindings: Bindings) -> list[str] | None:
        given = call.keywords.get("methods")
        if given is None:
            return None
        elements = self.evaluator.items(source, call.scope, given, bindings)
        if elements is None:
            self._note(source.path, call.line, "the methods of a route are known at run time only")
            return None
        names = [self.evaluator.literal(e.source, e.scope, e.expression, e.bindings) for e in elements]
        return sorted({name.upper() for name in names if name})

    def _literal(
        self, source: Source, call: Call, expression: Expression, bindings: Bindings, what: str
    ) -> str:
        if isinstance(expression, Text):
            return expression.value
        text = self.evaluator.literal(source, call.scope, expression, bindings)
        if text is None:
            if isinstance(expression, Constant):
                return ""
            self._note(source.path, call.line, f"the {what}, {_shown(expression)}, is known at run time only")
            return f"/{_UNSEEN}"
        return text

    def _endpoint(self, source: Source, call: Call, method: str, path: str, function: str) -> Endpoint:
        return Endpoint(method, path, source.path, function, call.line)

    def _note(self, path: str, line: int, text: str) -> None:
        note = f"{path}:{line}: {text}" if line else f"{path}: {text}"
        if note not in self.unseen:
            self.unseen.append(note)


def _named(expression: Expression | None) -> str:
    return expression.path if isinstance(expression, Name) else ""


def _shown(expression: Expression) -> str:
    if isinstance(expression, Name):
        return f"`{expression.path}`"
    if isinstance(expression, Call):
        return f"{_shown(expression.function)}()"
    if isinstance(expression, Attribute):
        return f"`….{expression.name}`"
    if isinstance(expression, Items):
        return "a list"
    return "an expression"
