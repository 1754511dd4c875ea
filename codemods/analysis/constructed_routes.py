"""Routes that an object brings itself, by the arguments of its constructor: static files, documentation."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from codemods.analysis.bindings import Value
from codemods.analysis.syntax import Attribute, Call, Constant, Expression, Items, Mapping, Name, Text

if TYPE_CHECKING:
    from codemods.analysis.objects import WebObject
    from codemods.analysis.routing_graph import RoutingGraph
    from codemods.routing_facts import OwnRoute


class ConstructedRoutes:
    """Reads what a constructor adds into the routing graph."""

    def __init__(self, graph: RoutingGraph) -> None:
        self.graph = graph

    def read(self, item: WebObject) -> None:
        """Read one constructor."""
        if item.kind.routes.static is not None:
            self._static(item)
        for route in item.kind.routes.own:
            self._own(item, route)
        self._hang(item)

    def _static(self, item: WebObject) -> None:
        facts = item.kind.routes.static
        if facts is None:
            return
        given = self._arguments(item)
        folder, path = given.get(facts.folder), given.get(facts.path)
        if isinstance(folder, Constant) or (folder is None and not item.is_app):
            return
        if path is None or isinstance(path, Constant):
            name = facts.default if folder is None else self._last_part(item, folder)
            text = f"/{name}"
        else:
            text = self.graph.literal(item.source, item.call, path, {}, "path of static files")
        self._add(item, text.rstrip("/") + facts.rule, "static")

    def _arguments(self, item: WebObject) -> dict[str, Expression]:
        """Return the keywords that reach the framework's own constructor: those of a subclass may stand inside it."""
        if not item.class_path:
            return item.call.keywords
        source = self.graph.objects.project.read(item.class_path)
        inner: dict[str, Expression] = {}
        for call in source.calls if source else ():
            function = call.function
            if (
                isinstance(function, Attribute)
                and function.name == "__init__"
                and isinstance(function.value, Call)
                and function.value.function == Name("super")
                and call.scope == f"{item.class_name}.__init__"
            ):
                inner |= call.keywords
        return {**inner, **item.call.keywords}

    def _last_part(self, item: WebObject, folder: Expression) -> str:
        """Return the last part of a folder, also of `os.path.join(HERE, "static")`."""
        text = self.graph.evaluator.literal(item.source, item.call.scope, folder)
        if text is None and isinstance(folder, Call) and folder.arguments:
            text = self.graph.evaluator.literal(item.source, item.call.scope, folder.arguments[-1])
        if text is None:
            text = self.graph.literal(item.source, item.call, folder, {}, "folder of static files")
        return posixpath.basename(text.rstrip("/"))

    def _own(self, item: WebObject, route: OwnRoute) -> None:
        paths = [route.path]
        if route.argument and (given := item.call.keywords.get(route.argument)) is not None:
            if isinstance(given, Constant) and not given.value:
                return
            if route.key:
                paths = (
                    self._inside(Value(item.source, item.call.scope, given), route.key.split(".")) or paths
                )
            else:
                paths = [self.graph.literal(item.source, item.call, given, {}, "path of a route")]
        for path in paths:
            if route.at_root:
                endpoint = self.graph.endpoint(item.source, item.call, "GET", path, "")
                self.graph.nodes[id(item)].at_root.append(endpoint)
            else:
                self._add(item, path, "", prefixed=route.prefixed)

    def _inside(self, given: Value, keys: list[str]) -> list[str]:
        """Return the texts that stand below keys of a dictionary, in every dictionary of a list on the way."""
        evaluator, found = self.graph.evaluator, []
        for value in evaluator.values(given.source, given.scope, given.expression, given.bindings):
            inside = value.expression
            if isinstance(inside, Items):
                for item in inside.items:
                    found += self._inside(Value(value.source, value.scope, item), keys)
            elif isinstance(inside, Text) and not keys:
                found.append(inside.value)
            elif isinstance(inside, Mapping) and keys:
                for key, item in inside.pairs:
                    if key == Text(keys[0]):
                        found += self._inside(Value(value.source, value.scope, item), keys[1:])
        return found

    def _add(self, item: WebObject, path: str, function: str, *, prefixed: bool = True) -> None:
        node = self.graph.nodes[id(item)]
        endpoint = self.graph.endpoint(item.source, item.call, "GET", path, function)
        (node.routes if prefixed else node.beside).append(endpoint)

    def _hang(self, item: WebObject) -> None:
        """Put an object of an extension onto what its constructor is given, or onto the one that made it."""
        if item.made_by is not None:
            self.graph.include(item.made_by, item)
        facts = item.kind.extension
        if facts is None or not facts.hangs_on:
            return
        if (given := item.call.argument(0, facts.hangs_on)) is not None:
            for whole in self.graph.objects.of(item.source, item.call.scope, given):
                self.graph.include(whole, item)
