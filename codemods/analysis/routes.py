"""Endpoints: the methods and paths a client sees, read from decorators, routers, mounts and route tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.bindings import Bindings, Value
from codemods.analysis.paths import is_test_path
from codemods.analysis.route_tables import RouteTables
from codemods.analysis.routing_graph import RoutingGraph, named, shown
from codemods.analysis.syntax import Attribute, Call, Constant, Expression, Name, Source
from codemods.analysis.views import view_methods

if TYPE_CHECKING:
    from codemods.analysis.objects import Objects, WebObject
    from codemods.routing_facts import Routes


def read_routes(objects: Objects) -> RoutingGraph:
    """Read every route of a project."""
    graph = RoutingGraph(objects)
    tables = RouteTables(graph)
    for item in objects.all:
        tables.read(item)
    calls = _RouteCalls(graph)
    unread = {
        name: each.adds
        for framework in {id(item.framework): item.framework for item in objects.all}.values()
        for each in framework.unread
        for name in each.calls
    }
    for source in objects.project.parsed():
        for call in source.calls:
            calls.read(source, call)
            if unread and not is_test_path(source.path):
                name = objects.project.full_name(source, call.scope, call.function)
                if name in unread:
                    graph.note(source.path, call.line, unread[name])
    return graph


class _RouteCalls:
    """Reads calls and decorators of routes into the routing graph."""

    def __init__(self, graph: RoutingGraph) -> None:
        self.graph = graph
        self.objects = objects = graph.objects
        self.evaluator = graph.evaluator
        facts = {id(item.kind.routes): item.kind.routes for item in objects.all}.values()
        self._connecting: set[str] = set()
        for item in objects.all:
            if item.kind.extension is not None:
                self._connecting.update(item.kind.extension.connects)
        self._methods: set[str] = set()
        self._decorators: set[str] = set()
        for routes in facts:
            self._methods.update(
                routes.decorators,
                routes.decorators_with_methods,
                routes.websocket_decorators,
                routes.calls,
                routes.websocket_calls,
                routes.resources,
                [routes.include, routes.mount],
            )
            self._decorators.update(
                routes.decorators, routes.decorators_with_methods, routes.websocket_decorators
            )
        self._includes = {routes.include for routes in facts} - {""}
        self._methods |= self._connecting
        self._methods.discard("")

    def read(self, source: Source, call: Call) -> None:
        """Read one call; nothing happens for one that makes no route."""
        found = self._owner(call)
        if found is None:
            return
        owner, method = found
        environments = self.evaluator.environments(source, call)
        if environments is None:
            owners = self.objects.of(source, call.scope, owner)
            if owners:
                self.graph.note(
                    source.path, call.line, f"`{method}` stands in a loop over values known at run time only"
                )
            for item in owners:
                self._mounted_somewhere(item, source, call, method)
            return
        if method in self._includes and not is_test_path(source.path):
            self._note_lost(source, call, owner, environments)
        for bindings in environments:
            for item in self.objects.of(source, call.scope, owner, bindings):
                # What a test adds to the service's own application, the service never serves.
                if not is_test_path(source.path) or is_test_path(item.source.path):
                    self._apply(item, source, call, method, bindings)

    def _note_lost(self, source: Source, call: Call, owner: Expression, environments: list[Bindings]) -> None:
        """Say where a router is included in something that reading cannot follow."""
        if any(self.objects.of(source, call.scope, owner, bindings) for bindings in environments):
            return
        router = next(iter(call.arguments), None)
        if router is not None and any(
            self.objects.of(source, call.scope, router, bindings) for bindings in environments
        ):
            self.graph.note(
                source.path,
                call.line,
                f"{shown(router)} is included in {shown(owner)}, which reading does not lead to an application",
            )

    def _owner(self, call: Call) -> tuple[Expression, str] | None:
        """Return what a call is a method of, and the method, where that can declare a route."""
        function = call.function
        if isinstance(function, Name):
            owner_path, _, method = function.path.rpartition(".")
            owner: Expression = Name(owner_path)
        elif isinstance(function, Attribute):
            owner, method = function.value, function.name
        else:
            return None
        if method not in self._methods or (isinstance(owner, Name) and not owner.path):
            return None
        return None if method in self._decorators and not call.decorates else (owner, method)

    def _apply(self, item: WebObject, source: Source, call: Call, method: str, bindings: Bindings) -> None:
        facts = item.kind.routes
        if method == facts.include:
            self._include(item, source, call, bindings)
        elif method == facts.mount:
            self._mount_call(item, source, call, bindings)
        elif item.kind.extension and method in item.kind.extension.connects:
            self._connect(item, source, call, bindings)
        elif method in facts.resources:
            self._routes(item, source, call, bindings, list(call.arguments[1:]), call.argument(0))
        elif method in facts.websocket_decorators or method in facts.websocket_calls:
            handler = self._handler(facts, call) if method in facts.websocket_calls else None
            self._routes(item, source, call, bindings, self._paths(facts, call), handler, ["WEBSOCKET"])
        elif method in facts.calls:
            self._routes(item, source, call, bindings, self._paths(facts, call), self._handler(facts, call))
        elif method in facts.decorators:
            methods = [facts.decorators[method]]
            self._routes(item, source, call, bindings, self._paths(facts, call), None, methods)
        elif method in facts.decorators_with_methods:
            self._routes(item, source, call, bindings, self._paths(facts, call), Name(call.decorates))

    @staticmethod
    def _paths(facts: Routes, call: Call) -> list[Expression]:
        if facts.several_paths:
            return list(call.arguments)
        return _given(call, 0, facts.path)[:1]

    @staticmethod
    def _handler(facts: Routes, call: Call) -> Expression | None:
        return next(iter(_given(call, facts.handler.position, facts.handler.keywords)), None)

    def _routes(
        self,
        item: WebObject,
        source: Source,
        call: Call,
        bindings: Bindings,
        paths: list[Expression],
        handler: Expression | None,
        methods: list[str] | None = None,
    ) -> None:
        """Note the routes of one call: each path with each method."""
        if not paths:
            return
        if methods is None:
            methods = self.graph.methods_of(source, call, bindings)
        if methods is None and handler is not None:
            scope = call.scope if not call.decorates else ""
            methods = view_methods(self.graph, Value(source, scope, handler, None, bindings))
        function = call.decorates or named(handler)
        routes = self.graph.nodes[id(item)].routes
        for path in paths:
            text = self.graph.literal(source, call, path, bindings, "path of a route")
            routes.extend(
                self.graph.endpoint(source, call, name, text, function)
                for name in methods or ["GET"]
                if name not in item.kind.routes.unlisted_methods
            )

    def _connect(self, item: WebObject, source: Source, call: Call, bindings: Bindings) -> None:
        """Hang an object of an extension on what it is given: `api.init_app(app)`."""
        if (given := call.argument(0, "app")) is not None:
            for whole in self.objects.of(source, call.scope, given, bindings):
                self.graph.include(whole, item)

    def _include(self, item: WebObject, source: Source, call: Call, bindings: Bindings) -> None:
        router = call.argument(0, item.kind.routes.router)
        if router is None:
            return
        targets = self.objects.of(source, call.scope, router, bindings)
        if not targets:
            self.graph.note(
                source.path,
                call.line,
                f"the included router {shown(router)} is made outside the code that was read",
            )
        for target in targets:
            prefix = call.keywords.get(target.kind.routes.prefix.argument)
            text = (
                None
                if prefix is None or (isinstance(prefix, Constant) and prefix.value is None)
                else self.graph.literal(source, call, prefix, bindings, "prefix of an included router")
            )
            self.graph.include(item, target, text)

    def _mount_call(self, item: WebObject, source: Source, call: Call, bindings: Bindings) -> None:
        path, app = call.argument(0, "path"), call.argument(1, "app")
        if path is None or app is None:
            return
        text = self.graph.literal(source, call, path, bindings, "path of a mount").rstrip("/")
        self.graph.mount(item, Value(source, call.scope, app, None, bindings), app, text)

    def _mounted_somewhere(self, item: WebObject, source: Source, call: Call, method: str) -> None:
        """Remember that an application is a part of another one, though nobody can say where or how often."""
        app = call.argument(1, "app")
        if method != item.kind.routes.mount or app is None:
            return
        for target in self.objects.of(source, call.scope, app):
            if target is not item:
                self.graph.part_of(item, target)


def _given(call: Call, position: int, keywords: list[str]) -> list[Expression]:
    found = (call.argument(position, keyword) for keyword in keywords)
    return [item for item in found if item is not None]
