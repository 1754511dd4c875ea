"""Routers that make URL patterns for registered classes: a list, details, and extra actions.

https://www.django-rest-framework.org/api-guide/routers/
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.analysis.bindings import Value
from codemods.analysis.routing_graph import shown
from codemods.analysis.syntax import Call, Class, Constant, Function, Name, Source, Text
from codemods.analysis.url_routes import joined
from codemods.analysis.url_views import one_method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.analysis.bindings import Bindings
    from codemods.analysis.url_patterns import UrlConfiguration

_LIST = {"list": "GET", "create": "POST"}
_DETAIL = {"retrieve": "GET", "update": "PUT", "partial_update": "PATCH", "destroy": "DELETE"}
_MAX_NESTED = 8


@dataclass
class _Registered:
    """A class that is registered with a router, and what reading tells of it."""

    prefix: str
    name: str
    source: Source
    line: int
    actions: set[str] = field(default_factory=set)
    extra: list[_Action] = field(default_factory=list)
    lookup: str = "pk"


@dataclass(frozen=True)
class _Action:
    """An extra action: where it stands below the prefix, and what it answers."""

    path: str
    detail: bool
    method: str


def read_router(
    configuration: UrlConfiguration, value: Value, call: Call, names: set[str], route: str
) -> None:
    """Add the patterns that a router makes."""
    rooted = bool(names & set(configuration.facts.routers.rooted))
    before = configuration.count()
    above = _above(configuration, value, call, names)
    slash = "" if _is_false(call, "trailing_slash") else "/"
    for item in _registrations(configuration, value, call):
        detail = f"{item.prefix}/(?P<{item.lookup}>[^/.]+)"
        for part, methods in ((item.prefix, _LIST), (detail, _DETAIL)):
            for action in (each for each in item.extra if each.detail is (methods is _DETAIL)):
                _add(configuration, item, route, f"^{above}{part}/{action.path}{slash}$", action.method)
            answered = [method for name, method in methods.items() if name in item.actions]
            if answered:
                _add(configuration, item, route, f"^{above}{part}{slash}$", one_method(answered))
    if rooted:
        if not _is_false(call, "include_root_view"):
            configuration.add(joined(route, ""), "GET", value.source, "", call.line)
        if _class_flag(configuration, value, call, "include_format_suffixes"):
            configuration.double(before, route)


def _add(configuration: UrlConfiguration, item: _Registered, outer: str, route: str, method: str) -> None:
    # Without a prefix, what includes the router has the slash.
    inner = route.replace("^/", "^", 1) if not item.prefix else route
    configuration.add(joined(outer, inner), method, item.source, item.name, item.line)


def _registrations(configuration: UrlConfiguration, value: Value, router: Call) -> Iterator[_Registered]:
    for source, call, bindings in _calls_on(configuration, router, ".register"):
        prefix, view = call.argument(0, "prefix"), call.argument(1, "viewset")
        if prefix is None or view is None:
            continue
        text = configuration.literal(Value(source, call.scope, prefix, None, bindings))
        if text is None:
            configuration.note(source, call.line, f"the prefix {shown(prefix)} is known at run time only")
        found = configuration.evaluator.values(source, call.scope, view, bindings)
        yield _described(configuration, found, source, call, "{?}" if text is None else text, shown(view))
    for source, call, bindings in _calls_on(configuration, router, ".registry.extend"):
        for other in configuration.evaluator.values(source, call.scope, call.arguments[0], bindings):
            owner = getattr(other.expression, "value", None)
            if isinstance(owner, Call) and owner is not router:
                yield from _registrations(configuration, value, owner)


def _calls_on(
    configuration: UrlConfiguration, router: Call, method: str
) -> Iterator[tuple[Source, Call, Bindings]]:
    evaluator = configuration.evaluator
    for source in configuration.project.parsed():
        for call in source.calls:
            path = call.function.path if isinstance(call.function, Name) else ""
            if not path.endswith(method) or not call.arguments:
                continue
            owner = Name(path.removesuffix(method))
            made = evaluator.values(source, call.scope, owner)
            if not any(item.expression is router for item in made):
                continue
            environments = evaluator.environments(source, call)
            if environments is None:
                configuration.note(
                    source, call.line, f"{shown(owner)} takes classes in a loop known at run time only"
                )
            for bindings in environments or []:
                yield source, call, bindings


def _described(
    configuration: UrlConfiguration, found: list[Value], source: Source, call: Call, prefix: str, name: str
) -> _Registered:
    item = _Registered(prefix, name.strip("`"), source, call.line)
    definitions = configuration.evaluator.definitions
    facts = configuration.facts.routers
    symbol = found[0].symbol if found else None
    own = definitions.class_at(symbol) if symbol else None
    if own is None:
        if symbol and symbol.full in facts.actions:
            item.actions |= set(facts.actions[symbol.full])
        else:
            configuration.note(source, call.line, f"what {name} answers is outside the code that was read")
        return item
    classes: list[tuple[Source, Class]] = [own]
    for base in definitions.bases(*own):
        if above := definitions.class_at(base):
            classes.append(above)
        elif base.full in facts.actions:
            item.actions |= set(facts.actions[base.full])
        elif "." in base.full:
            configuration.note(source, call.line, f"what `{base.full}` adds to {name} is not read")
    seen: set[str] = set()
    for home, cls in classes:
        _read_class(configuration, home, cls, item, seen)
    lookup = next((text for text in _attributes(configuration, classes, "lookup_url_kwarg")), "")
    item.lookup = lookup or next((text for text in _attributes(configuration, classes, "lookup_field")), "pk")
    return item


def _read_class(
    configuration: UrlConfiguration, home: Source, cls: Class, item: _Registered, seen: set[str]
) -> None:
    for function in home.functions.values():
        owner, _, name = function.qualname.rpartition(".")
        if owner != cls.qualname or name in seen:
            continue
        if name in _LIST or name in _DETAIL:
            item.actions.add(name)
        elif action := _extra(configuration, home, function, name):
            seen.add(name)
            item.extra.append(action)


def _extra(configuration: UrlConfiguration, home: Source, function: Function, name: str) -> _Action | None:
    for decorator in function.decorators:
        called = decorator.function if isinstance(decorator, Call) else decorator
        scope = function.qualname.rpartition(".")[0]
        full = configuration.project.full_name(home, scope, called)
        if full not in configuration.facts.routers.decorators or not isinstance(decorator, Call):
            continue
        detail = decorator.argument(1, "detail")
        is_detail = full.endswith("detail_route") or (isinstance(detail, Constant) and bool(detail.value))
        written = decorator.keywords.get("url_path")
        path = configuration.literal(Value(home, "", written)) if written is not None else None
        methods = decorator.argument(0, "methods")
        given = configuration.evaluator.items(home, "", methods) if methods is not None else None
        names = [each.expression.value.upper() for each in given or [] if isinstance(each.expression, Text)]
        return _Action(path or name, is_detail, one_method(names or ["GET"]))
    return None


def _attributes(
    configuration: UrlConfiguration, classes: list[tuple[Source, Class]], name: str
) -> Iterator[str]:
    for home, cls in classes:
        for item in home.assigned(cls.qualname, name):
            if text := configuration.evaluator.literal(home, cls.qualname, item.value):
                yield text


def _above(configuration: UrlConfiguration, value: Value, call: Call, names: set[str], depth: int = 0) -> str:
    """Return what stands above the patterns of a nested router: the parent's prefix and the parent's key."""
    if not names & set(configuration.facts.routers.nested) or depth > _MAX_NESTED:
        return ""
    parent, prefix = call.argument(0, "parent_router"), call.argument(1, "parent_prefix")
    if parent is None or prefix is None:
        return ""
    text = configuration.evaluator.literal(value.source, value.scope, prefix, value.bindings) or "{?}"
    lookup = call.keywords.get("lookup")
    name = (
        configuration.evaluator.literal(value.source, value.scope, lookup, value.bindings)
        if lookup is not None
        else "nested_1"
    )
    for found in configuration.evaluator.values(value.source, value.scope, parent, value.bindings):
        if isinstance(found.expression, Call):
            items = _registrations(configuration, found, found.expression)
            key = next((item.lookup for item in items if item.prefix == text), "pk")
            made = configuration.objects.constructors(found, found.expression)
            outer = _above(configuration, found, found.expression, made, depth + 1)
            return f"{outer}{text}/(?P<{name}_{key}>[^/.]+)/"
    return ""


def _is_false(call: Call, keyword: str) -> bool:
    given = call.keywords.get(keyword)
    return isinstance(given, Constant) and given.value is False


def _class_flag(configuration: UrlConfiguration, value: Value, call: Call, name: str) -> bool:
    """Say whether a flag of a router class of the project is left on."""
    if not isinstance(call.function, Name):
        return True
    symbol = configuration.project.resolve(value.source, value.scope, call.function.path)
    found = configuration.evaluator.definitions.class_at(symbol)
    given = found[0].assigned(found[1].qualname, name) if found else []
    return not any(isinstance(item.value, Constant) and item.value.value is False for item in given)
