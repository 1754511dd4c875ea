"""Endpoints of a URL configuration: lists of patterns that name views or include further lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.bindings import Value
from codemods.analysis.model import Endpoint
from codemods.analysis.routing_graph import shown
from codemods.analysis.syntax import (
    Attribute,
    Call,
    Constant,
    Items,
    Name,
    Source,
    Splat,
    Text,
)
from codemods.analysis.url_lists import grown
from codemods.analysis.url_objects import UrlObjects
from codemods.analysis.url_routes import joined, shown_route
from codemods.analysis.url_texts import literal
from codemods.analysis.url_views import UrlViews

if TYPE_CHECKING:
    from codemods.analysis.project import Project, Symbol
    from codemods.analysis.settings_files import Settings
    from codemods.analysis.values import Evaluator
    from codemods.url_facts import UrlPatterns

_MAX_DEPTH = 40
_UNSEEN = "{?}"
_PATH_SUFFIX = "<drf_format_suffix:format>"
_SUFFIX = r"\.(?P<format>[a-z0-9]+)/?$"


class UrlConfiguration:
    """Reads the URL patterns of one project.

    Args:
        evaluator: What expressions stand for.
        facts: How patterns are written.
        settings: The project's settings.

    Attributes:
        endpoints: One for each pattern that leads to a view, sorted by path.
        unseen: What reading alone cannot tell, one sentence each.
        included: What other packages answer: the route below which they do, the module, file and line.
    """

    def __init__(self, evaluator: Evaluator, facts: UrlPatterns, settings: Settings) -> None:
        self.evaluator, self.facts, self.settings = evaluator, facts, settings
        self.project: Project = evaluator.project
        self.views = UrlViews(evaluator, facts)
        self.objects = UrlObjects(self)
        self.endpoints: list[Endpoint] = []
        self.unseen: list[str] = []
        self.included: list[tuple[str, str, str, int]] = []
        self._routes: list[tuple[str, Endpoint]] = []
        self._taken: set[tuple[int, str]] = set()

    def read(self, module: str) -> None:
        """Read the patterns of the root module, and everything below it."""
        path = self.project.find_module(module)
        if path:
            self._module(path, "", 0)
            found = (endpoint for _, endpoint in self._routes)
            self.endpoints = sorted(found, key=lambda item: (item.path, item.method, item.file, item.line))
        else:
            self.unseen.append(f"the root URL configuration, `{module}`, is outside the code that was read")

    def read_websockets(self) -> None:
        """Read the patterns of web sockets, which stand outside the URL configuration."""
        for source in self.project.parsed():
            for call in source.calls:
                name = self.project.full_name(source, call.scope, call.function)
                if name in self.facts.websockets and call.arguments:
                    before = len(self._routes)
                    self.walk(Value(source, call.scope, call.arguments[0]), "", 0)
                    for _, item in self._routes[before:]:
                        self.endpoints.append(
                            Endpoint("WEBSOCKET", item.path, item.file, item.function, item.line)
                        )

    def add(self, route: str, method: str, source: Source, function: str, line: int) -> None:
        """Take one pattern that leads to a view."""
        endpoint = Endpoint(method, shown_route(route), source.path, function, line)
        self._routes.append((route, endpoint))

    def count(self) -> int:
        """Return how many patterns are known by now."""
        return len(self._routes)

    def literal(self, value: Value) -> str | None:
        """Return a text, with settings and translated texts in their place; None when reading does not tell."""
        return literal(self.evaluator, self.facts, self.settings, value)

    def note(self, source: Source, line: int, text: str) -> None:
        """Note once what reading alone cannot tell."""
        note = f"{source.path}:{line}: {text}"
        if note not in self.unseen:
            self.unseen.append(note)

    def outside(self, source: Source, line: int, what: str, route: str) -> None:
        """Note that patterns are another package's."""
        self.included.append((shown_route(route), what.strip("`"), source.path, line))
        text = f"{what} answers below {shown_route(route)} with URL patterns outside the code that was read"
        self.note(source, line, text)

    def _module(self, path: str, route: str, depth: int) -> None:
        source = self.project.read(path)
        value = grown(self.evaluator, self.settings, source, self.facts.variable) if source else None
        if source and value:
            self.walk(value, route, depth + 1)
        elif source:
            self.note(source, 1, f"`{self.facts.variable}` is made at run time")

    def walk(self, value: Value, route: str, depth: int, line: int = 0) -> None:
        """Read a list of patterns that hangs below a route."""
        if depth > _MAX_DEPTH:
            return
        for found in self._opened(value):
            inner = found.expression
            if isinstance(inner, Items):
                for item in inner.items:
                    nested = item.value if isinstance(item, Splat) else item
                    at = Value(found.source, found.scope, nested, None, found.bindings)
                    if isinstance(item, Splat):
                        self.walk(at, route, depth + 1, line)
                    else:
                        self._pattern(at, route, depth + 1, line)
            elif isinstance(inner, Call):
                self._made_list(found, inner, route, depth)
            elif not self._of_object(found, route, line):
                # What it stands for may be in another file; the project's list is what has to be looked at.
                written = value.expression
                at_line = written.line if isinstance(written, Call) else line or 1
                self.note(value.source, at_line, f"{shown(written)} gives URL patterns at run time only")

    def _opened(self, value: Value) -> list[Value]:
        name = value.expression
        if isinstance(name, Name) and name.path not in value.bindings:
            symbol = self.project.resolve(value.source, value.scope, name.path)
            home = self.project.read(symbol.path) if symbol.path and not symbol.scope else None
            if home and (value_ := grown(self.evaluator, self.settings, home, symbol.name)):
                value = value_
        return self.evaluator.values(value.source, value.scope, value.expression, value.bindings)

    def _made_list(self, value: Value, call: Call, route: str, depth: int) -> None:
        """Read a call that gives a list: with a language in front, for debugging, or with format suffixes."""
        name = self.project.full_name(value.source, value.scope, call.function)
        if name in self.facts.lists:
            default = call.keywords.get("prefix_default_language")
            language = self.settings.text("LANGUAGE_CODE") or "en-us"
            bare = isinstance(default, Constant) and default.value is False
            inner = Items(call.arguments)
            self.walk(
                Value(value.source, value.scope, inner, None, value.bindings),
                route if bare else joined(route, f"{language}/"),
                depth + 1,
                call.line,
            )
        elif name in self.facts.debug:
            self._served_files(value, call, route, self.facts.debug[name])
        elif name in self.facts.suffixed and call.arguments:
            before = len(self._routes)
            self.walk(
                Value(value.source, value.scope, call.arguments[0], None, value.bindings), route, depth + 1
            )
            self.double(before, route)
        elif name in self.facts.include:
            self._include(value, call, route, depth)
        elif name in {*self.facts.paths, *self.facts.regexes}:
            self._pattern(value, route, depth, call.line)
        else:
            self.note(
                value.source, call.line, f"{shown(call.function)}() gives URL patterns at run time only"
            )

    def double(self, start: int, outer: str) -> None:
        """Give every pattern from a position on a second one, with a format suffix.

        Args:
            start: The position.
            outer: The route below which the list with suffixes hangs; they are put to what stands behind it.
        """
        plain, self._routes[start:] = self._routes[start:], []
        for route, item in plain:
            inner = route.removeprefix(outer)
            suffix = _SUFFIX if route.endswith("$") else _PATH_SUFFIX
            suffixed = outer + inner.rstrip("$").rstrip("/") + suffix
            self._routes.append((route, item))
            again = Endpoint(item.method, shown_route(suffixed), item.file, item.function, item.line)
            self._routes.append((suffixed, again))

    def _served_files(self, value: Value, call: Call, route: str, setting: str) -> None:
        if not self.settings.flag("DEBUG"):
            return
        prefix = call.argument(0, "prefix")
        at = Value(value.source, value.scope, prefix or Constant(None), None, value.bindings)
        text = self.literal(at) if prefix else self.settings.text(setting)
        if text is None or "//" not in text:
            where = joined(route, f"{(text or _UNSEEN).lstrip('/')}<path>")
            if (id(call), where) in self._taken:
                return
            self._taken.add((id(call), where))
            self.add(where, "GET", value.source, shown(call.function).strip("`"), call.line)

    def _pattern(self, value: Value, route: str, depth: int, line: int) -> None:
        for found in self.evaluator.values(value.source, value.scope, value.expression, value.bindings):
            call = found.expression
            name = (
                self.project.full_name(found.source, found.scope, call.function)
                if isinstance(call, Call)
                else ""
            )
            if isinstance(call, Call) and name in {*self.facts.paths, *self.facts.regexes}:
                self._route(found, call, route, depth)
            elif isinstance(call, Items):
                self.walk(found, route, depth + 1, line)
            else:
                self.note(found.source, line or 1, f"{shown(call)} in a list of URL patterns is not read")

    def _route(self, value: Value, call: Call, route: str, depth: int) -> None:
        first, view = call.argument(0, "route") or call.keywords.get("regex"), call.argument(1, "view")
        if first is None or view is None:
            return
        text = self.literal(Value(value.source, value.scope, first, None, value.bindings))
        if text is None:
            self.note(
                value.source, call.line, f"the route of a pattern, {shown(first)}, is known at run time only"
            )
        where = joined(route, _UNSEEN if text is None else text)
        target = Value(value.source, value.scope, view, None, value.bindings)
        if isinstance(view, Call):
            name = self.project.full_name(value.source, value.scope, view.function)
            if name in self.facts.include:
                self._include(value, view, where, depth)
                return
        found = self.evaluator.values(value.source, value.scope, view, value.bindings) or [target]
        if isinstance(found[0].expression, Items) and found[0].expression.items:
            # What `admin.site.urls` is: patterns, their name, their instance's name.
            self._tuple(found[0], where, depth, call.line)
        elif not self._of_object(found[0], where, call.line) and (id(call), where) not in self._taken:
            self._taken.add((id(call), where))
            method, function = self.views.describe(target)
            self.add(where, method, value.source, function, call.line)

    def _include(self, value: Value, call: Call, route: str, depth: int) -> None:
        argument = call.argument(0, "arg")
        if argument is None or depth > _MAX_DEPTH:
            return
        at = Value(value.source, value.scope, argument, None, value.bindings)
        text = self.literal(at) if not isinstance(argument, Name) else None
        if text is not None:
            self._named_module(value.source, call.line, text, route, depth)
            return
        opened = self._opened(at)
        # Which of two routers is chosen is a matter of debugging.
        if len(opened) > 1 and all(isinstance(item.expression, Attribute) for item in opened):
            opened = opened[:1] if self.settings.flag("DEBUG") else opened[-1:]
        for found in opened:
            inner, symbol = found.expression, found.symbol
            if isinstance(inner, Text):
                self._named_module(found.source, call.line, inner.value, route, depth)
            elif isinstance(inner, Items):
                self._tuple(found, route, depth, call.line)
            elif isinstance(inner, Name) and symbol is not None and symbol.path and not symbol.name:
                self._module(symbol.path, route, depth + 1)
            elif not self._of_object(found, route, call.line):
                self.walk(found, route, depth + 1, call.line)

    def _tuple(self, value: Value, route: str, depth: int, line: int) -> None:
        """Read a list of patterns, or one with a name: ``(patterns, "shop")``."""
        items = value.expression.items if isinstance(value.expression, Items) else ()
        named = len(items) in {2, 3} and (isinstance(items[1], Text) or isinstance(items[0], (Items, Text)))
        if not named:
            self.walk(value, route, depth + 1, line)
            return
        first = Value(value.source, value.scope, items[0], None, value.bindings)
        if isinstance(items[0], Text):
            self._named_module(value.source, line, items[0].value, route, depth)
        else:
            opened = self._opened(first)
            symbol = opened[0].symbol if opened else None
            if symbol is not None and symbol.path and not symbol.name:
                self._module(symbol.path, route, depth + 1)
            else:
                self.walk(first, route, depth + 1, line)

    def _named_module(self, source: Source, line: int, module: str, route: str, depth: int) -> None:
        if path := self.project.find_module(module):
            self._module(path, route, depth + 1)
        else:
            self.outside(source, line, f"`{module}`", route)

    def _of_object(self, value: Value, route: str, line: int) -> bool:
        """Read the patterns that an object of a library makes, or say that they are not read; False for a view."""
        expression = value.expression
        if isinstance(expression, Attribute) and expression.name == "urls":
            return self.objects.read(value, expression.value, route, line)
        if isinstance(expression, Name):
            symbol: Symbol = value.symbol or self.project.resolve(value.source, value.scope, expression.path)
            if symbol.path:
                # A view of the project may have that name.
                return False
            owner, _, last = symbol.full.rpartition(".")
            if last.endswith("urls"):
                title = self.facts.admin.get(owner, f"`{symbol.full}`")
                self.outside(value.source, line or 1, title, route)
                return True
        return False
