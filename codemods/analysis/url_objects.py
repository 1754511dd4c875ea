"""Objects of libraries that make URL patterns: routers of view classes, APIs of decorated functions, admin sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.bindings import Value
from codemods.analysis.routing_graph import shown
from codemods.analysis.syntax import Call, Expression, Name
from codemods.analysis.url_apis import read_api
from codemods.analysis.url_routers import read_router

if TYPE_CHECKING:
    from codemods.analysis.url_patterns import UrlConfiguration


class UrlObjects:
    """Reads the patterns of an object, whatever library it is of."""

    def __init__(self, configuration: UrlConfiguration) -> None:
        self.configuration = configuration

    def read(self, value: Value, owner: Expression, route: str, line: int) -> bool:
        """Read the ``urls`` of an object; what is not known is noted."""
        if not isinstance(owner, Call):
            return False
        facts = self.configuration.facts
        names = self.constructors(value, owner)
        made = Value(value.source, value.scope, owner, None, value.bindings)
        if names & {*facts.routers.plain, *facts.routers.rooted}:
            read_router(self.configuration, made, owner, names, route)
        elif names & set(facts.apis.apis):
            read_api(self.configuration, made, owner, route)
        else:
            known = sorted(names & facts.admin.keys())
            title = facts.admin[known[0]] if known else f"{shown(owner.function)}()"
            self.configuration.outside(value.source, line or owner.line, title, route)
        return True

    def constructors(self, value: Value, call: Call) -> set[str]:
        """Return the resolved names of what a call makes: its class and the classes above it."""
        if not isinstance(call.function, Name):
            return set()
        evaluator = self.configuration.evaluator
        symbol = evaluator.project.resolve(value.source, value.scope, call.function.path)
        found = evaluator.definitions.class_at(symbol)
        bases = {base.full for base in evaluator.definitions.bases(*found)} if found else set()
        return {symbol.full, *bases}
