"""APIs whose decorated functions become URL patterns, with the API's own pages.

https://django-ninja.dev/guides/routers/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.analysis.bindings import Value
from codemods.analysis.syntax import Call, Constant, Name, Text
from codemods.analysis.url_routes import joined
from codemods.analysis.url_views import one_method

if TYPE_CHECKING:
    from codemods.analysis.bindings import Bindings
    from codemods.analysis.syntax import Source
    from codemods.analysis.url_patterns import UrlConfiguration

_MAX_DEPTH = 12


def read_api(configuration: UrlConfiguration, value: Value, call: Call, route: str) -> None:
    """Add the patterns of an API: its description and its documentation, its operations, its root."""
    pages = configuration.facts.apis.pages
    for keyword, usual in pages.items():
        given = call.keywords.get(keyword)
        if isinstance(given, Constant):
            # Without a description there is nothing to document.
            break
        path = given.value if isinstance(given, Text) else usual
        configuration.add(joined(route, path.lstrip("/")), "GET", value.source, "", call.line)
    _operations(configuration, call, route, "", 0)
    configuration.add(joined(route, ""), "GET", value.source, "", call.line)


def _operations(configuration: UrlConfiguration, owner: Call, route: str, prefix: str, depth: int) -> None:
    facts = configuration.facts.apis
    if depth > _MAX_DEPTH:
        return
    included: list[tuple[Source, Call, Bindings]] = []
    for source in configuration.project.parsed():
        for call in source.calls:
            path = call.function.path if isinstance(call.function, Name) else ""
            name, _, method = path.rpartition(".")
            if not name or not (
                method in facts.methods or method in facts.several or method == facts.include
            ):
                continue
            if method != facts.include and not call.decorates:
                continue
            made = configuration.evaluator.values(source, call.scope, Name(name))
            if not any(item.expression is owner for item in made):
                continue
            for bindings in configuration.evaluator.environments(source, call) or []:
                if method == facts.include:
                    included.append((source, call, bindings))
                else:
                    _operation(
                        configuration, Value(source, call.scope, call, None, bindings), call, route, prefix
                    )
    for source, call, bindings in included:
        _router(configuration, Value(source, call.scope, call, None, bindings), call, route, prefix, depth)


def _operation(configuration: UrlConfiguration, value: Value, call: Call, route: str, prefix: str) -> None:
    facts = configuration.facts.apis
    method = call.function.path.rpartition(".")[2] if isinstance(call.function, Name) else ""
    several = method in facts.several
    written = call.argument(1 if several else 0, "path")
    text = None
    if written is not None:
        text = configuration.literal(Value(value.source, value.scope, written, None, value.bindings))
    answered = [facts.methods.get(method, "GET")]
    if several and (given := call.argument(0, "methods")) is not None:
        elements = configuration.evaluator.items(value.source, value.scope, given, value.bindings) or []
        answered = [item.expression.value.upper() for item in elements if isinstance(item.expression, Text)]
    where = joined(route, _path(prefix, "{?}" if text is None else text))
    configuration.add(where, one_method(answered), value.source, call.decorates, call.line)


def _router(
    configuration: UrlConfiguration, value: Value, call: Call, route: str, prefix: str, depth: int
) -> None:
    first, router = call.argument(0, "prefix"), call.argument(1, "router")
    if first is None or router is None:
        return
    text = configuration.literal(Value(value.source, value.scope, first, None, value.bindings)) or ""
    found = configuration.evaluator.values(value.source, value.scope, router, value.bindings)
    if found and isinstance(found[0].expression, Text):
        symbol = configuration.project.locate(found[0].expression.value)
        home = configuration.project.read(symbol.path) if symbol.path else None
        found = configuration.evaluator.values(home, "", Name(symbol.name)) if home else []
    calls = [item.expression for item in found if isinstance(item.expression, Call)]
    if not calls:
        configuration.note(
            value.source, call.line, "an included router is made outside the code that was read"
        )
    for made in calls:
        _operations(configuration, made, route, f"{prefix}/{text}", depth + 1)


def _path(prefix: str, text: str) -> str:
    whole = re.sub(r"\{((?:\w+:)?\w+)\}", r"<\1>", "/".join(part for part in (prefix, text) if part))
    return re.sub(r"/{2,}", "/", whole).lstrip("/")
