"""Routes that are given to a constructor: ``Starlette(routes=[Route(…), Mount(…)])``, ``APIRouter(prefix=…)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.bindings import Value
from codemods.analysis.constructed_routes import ConstructedRoutes
from codemods.analysis.routing_graph import RoutingGraph, named
from codemods.analysis.syntax import Call, Constant, Expression, Source
from codemods.analysis.views import view_methods

if TYPE_CHECKING:
    from codemods.analysis.bindings import Bindings
    from codemods.analysis.objects import WebObject


class RouteTables:
    """Reads constructors of applications and routers into the routing graph."""

    def __init__(self, graph: RoutingGraph) -> None:
        self.graph = graph
        self.evaluator = graph.evaluator
        self.project = graph.objects.project
        self.constructed = ConstructedRoutes(graph)

    def read(self, item: WebObject) -> None:
        """Read one constructor."""
        node, call = self.graph.nodes[id(item)], item.call
        facts = item.kind.routes
        if (prefix := call.keywords.get(facts.prefix.argument)) is not None:
            node.prefix = self.graph.literal(item.source, call, prefix, {}, "prefix of a router")
        elif facts.prefix.named is not None and (name := call.argument(facts.prefix.named)) is not None:
            node.prefix = "/" + self.graph.literal(item.source, call, name, {}, "name of a router").lstrip(
                "/"
            )
        if facts.prefix.named is not None:
            node.prefix = node.prefix.rstrip("/")
        self.constructed.read(item)
        table = facts.table
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
            self.graph.note(source.path, item.call.line, "the list of routes is built at run time")
            return
        for element in elements:
            for value in self.evaluator.values(
                element.source, element.scope, element.expression, element.bindings
            ):
                self._table_entry(item, value, prefix)

    def _table_entry(self, item: WebObject, value: Value, prefix: str) -> None:
        call, table = value.expression, item.kind.routes.table
        if not isinstance(call, Call) or table is None:
            self.graph.note(value.source.path, 0, "an entry of the list of routes is built at run time")
            return
        name = self.project.full_name(value.source, value.scope, call.function)
        node = self.graph.nodes[id(item)]
        path = call.argument(0, "path")
        text = (
            ""
            if path is None
            else self.graph.literal(value.source, call, path, value.bindings, "path of a route")
        )
        if name in table.route:
            endpoint = call.argument(1, "endpoint")
            methods = self._route_methods(value, call, endpoint)
            for method in methods:
                node.routes.append(
                    self.graph.endpoint(value.source, call, method, prefix + text, named(endpoint))
                )
        elif name in table.websocket:
            endpoint = call.argument(1, "endpoint")
            node.routes.append(
                self.graph.endpoint(value.source, call, "WEBSOCKET", prefix + text, named(endpoint))
            )
        elif name in table.mount:
            inner = prefix + text.rstrip("/")
            if (routes := call.keywords.get("routes")) is not None:
                self._table(item, value.source, value.scope, routes, inner, value.bindings)
            if (app := call.argument(1, "app")) is not None:
                self.graph.mount(item, value, app, inner)

    def _route_methods(self, value: Value, call: Call, endpoint: Expression | None) -> list[str]:
        methods = self.graph.methods_of(value.source, call, value.bindings)
        if methods is not None or endpoint is None:
            return methods or ["GET"]
        return view_methods(self.graph, Value(value.source, value.scope, endpoint, None, value.bindings)) or [
            "GET"
        ]
