"""Endpoints: the methods and paths a client sees, read from decorators, routers, mounts and route tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.bindings import Bindings, Value
from codemods.analysis.route_tables import RouteTables
from codemods.analysis.routing_graph import Inclusion, RoutingGraph, named, shown
from codemods.analysis.syntax import Attribute, Call, Expression, Name, Source

if TYPE_CHECKING:
    from codemods.analysis.objects import Objects, WebObject


def read_routes(objects: Objects) -> RoutingGraph:
    """Read every route of a project."""
    graph = RoutingGraph(objects)
    tables = RouteTables(graph)
    for item in objects.all:
        tables.read(item)
    calls = _RouteCalls(graph)
    for source in objects.project.parsed():
        for call in source.calls:
            calls.read(source, call)
    return graph


class _RouteCalls:
    """Reads calls and decorators of routes into the routing graph."""

    def __init__(self, graph: RoutingGraph) -> None:
        self.graph = graph
        self.objects = objects = graph.objects
        self.evaluator = graph.evaluator
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

    def read(self, source: Source, call: Call) -> None:
        """Read one call; nothing happens for one that makes no route."""
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
                self.graph.note(
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
        node = self.graph.nodes[id(item)]
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
        text = self.graph.literal(source, call, path, bindings, "path of a route")
        by_call = method in facts.calls or method in facts.websocket_calls
        function = (
            named(call.argument(1, "endpoint") or call.argument(1, "route")) if by_call else call.decorates
        )
        if method in facts.decorators:
            methods = [facts.decorators[method]]
        elif method in facts.websocket_decorators or method in facts.websocket_calls:
            methods = ["WEBSOCKET"]
        else:
            methods = self.graph.methods_of(source, call, bindings) or ["GET"]
        node.routes.extend(self.graph.endpoint(source, call, name, text, function) for name in methods)

    def _include(self, item: WebObject, source: Source, call: Call, bindings: Bindings) -> None:
        router = call.argument(0, "router")
        if router is None:
            return
        targets = self.objects.of(source, call.scope, router, bindings)
        prefix = call.keywords.get("prefix")
        text = (
            ""
            if prefix is None
            else self.graph.literal(source, call, prefix, bindings, "prefix of an included router")
        )
        if not targets:
            self.graph.note(
                source.path,
                call.line,
                f"the included router {shown(router)} is made outside the code that was read",
            )
        for target in targets:
            self.graph.nodes[id(item)].inclusions.append(Inclusion(target, text, mounted=False))

    def _mount_call(self, item: WebObject, source: Source, call: Call, bindings: Bindings) -> None:
        path, app = call.argument(0, "path"), call.argument(1, "app")
        if path is None or app is None:
            return
        text = self.graph.literal(source, call, path, bindings, "path of a mount").rstrip("/")
        self.graph.mount(item, Value(source, call.scope, app, None, bindings), app, text)

    def _mounted_somewhere(self, item: WebObject, source: Source, call: Call, method: str) -> None:
        """Remember that an application is a part of another one, though nobody can say where or how often."""
        app = call.argument(1, "app")
        if method != item.framework.routes.mount or app is None:
            return
        for target in self.objects.of(source, call.scope, app):
            if target is not item:
                self.graph.part_of(item, target)
