"""The route that answered a request, as a template: `/orders/{id}`.

It is asked for once a request, so the templates are learned once, from the routes of
the application, and looked up by endpoint after that. The answer is always one of
these routes; an address that somebody makes up is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from .route_walk import walk

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Scope

_PARAMETER = re.compile(r"{(\w+)(?::(\w+))?}")


class _Route(NamedTuple):
    template: str
    pattern: re.Pattern[str]


class RouteTemplates:
    """The route templates of one application."""

    def __init__(self, app: Starlette) -> None:
        """Learn nothing yet: routes may still be added while the service starts."""
        self._app = app
        self._routes: dict[int, list[_Route]] = {}
        self._endpoints: list[object] = []

    def find(self, scope: Scope, path: str) -> str | None:
        """Return the template of the route that a request was sent to.

        The path is the one from before the request was routed, because a mount may
        change the one in the scope.
        """
        endpoint = scope.get("endpoint")
        if endpoint is None:
            return None
        routes = self._routes.get(id(endpoint))
        if routes is None:
            routes = self._learn(endpoint)
        if len(routes) == 1:
            return routes[0].template
        return next((r.template for r in routes if r.pattern.fullmatch(path)), None)

    def _learn(self, wanted: object) -> list[_Route]:
        """Walk the routes, and note the endpoint even if it is not among them."""
        self._routes = {}
        # An id stays unique for as long as its endpoint is kept.
        self._endpoints = [wanted]
        for endpoint, path in walk(self._app.routes):
            self._endpoints.append(endpoint)
            self._routes.setdefault(id(endpoint), []).append(_route(path))
        return self._routes.setdefault(id(wanted), [])


def _route(path: str) -> _Route:
    pattern = ""
    end = 0
    for parameter in _PARAMETER.finditer(path):
        pattern += re.escape(path[end : parameter.start()])
        pattern += ".*" if parameter[2] == "path" else "[^/]+"
        end = parameter.end()
    pattern += re.escape(path[end:])
    return _Route(_PARAMETER.sub(r"{\1}", path), re.compile(pattern))
