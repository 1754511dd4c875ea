"""Measures each request of an ASGI application."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from .asgi import local_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .routes import RouteTemplates

_SERVER_ERROR = 500


class RequestMetrics:
    """A layer that hands method, route, status and seconds of a request on."""

    def __init__(
        self,
        app: ASGIApp,
        routes: RouteTemplates,
        observe: Callable[[str, str | None, int, float], None],
    ) -> None:
        """Stand around the application."""
        self.app = app
        self._routes = routes
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Measure from here to the last byte of the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = _SERVER_ERROR
        ended = 0.0
        path = local_path(scope)

        async def watching(message: Message) -> None:
            nonlocal status, ended
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)
            if not message.get("more_body"):
                ended = perf_counter()

        started = perf_counter()
        try:
            await self.app(scope, receive, watching)
        except BaseException:
            status = _SERVER_ERROR
            raise
        finally:
            # Background tasks run after the last byte; they are not waiting time.
            seconds = (ended or perf_counter()) - started
            self._observe(
                scope["method"], self._routes.find(scope, path), status, seconds
            )
