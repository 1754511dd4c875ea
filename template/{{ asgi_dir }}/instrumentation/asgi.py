"""What stands around an application's own middleware.

From the outside in: the server span (where the framework does not make it), Starlette's
error handling, the endpoints of the instrumentation, the request metrics, and then
everything the application adds itself, before or after set-up. No middleware of the
application can block an endpoint, and none is missed by the metrics.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import anyio
from starlette.middleware.errors import ServerErrorMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    Layer = Callable[[ASGIApp], ASGIApp]

_LOGGER = logging.getLogger(__name__)
_FLUSH_SECONDS = 2.0
_FLUSH_CHECKS = 200
_PATHS: set[str] = set()
_STACK = "_instrumentation_stack"
_READING = frozenset({"GET", "HEAD"})


class Stack:
    """The layers of one application; replaces its `build_middleware_stack`."""

    def __init__(self, app: Starlette) -> None:
        """Keep what builds the application's own middleware."""
        self.spans: Layer | None = None
        self.metrics: Layer | None = None
        self.endpoints: dict[str, ASGIApp] = {}
        self.at_shutdown: Callable[[], object] | None = None
        self._build = app.build_middleware_stack

    def __call__(self) -> ASGIApp:
        """Build the middleware stack with the layers around it."""
        built = self._build()
        if isinstance(built, ServerErrorMiddleware):
            # It stays outermost, because other instrumentation looks for it there.
            built.app = self._surround(built.app)
        else:
            built = self._surround(built)
        return self.spans(built) if self.spans else built

    def endpoint_for(self, scope: Scope) -> ASGIApp | None:
        """Return the endpoint of the instrumentation that a request goes to."""
        if scope["type"] != "http" or scope["method"] not in _READING:
            return None
        return self.endpoints.get(local_path(scope))

    def _surround(self, app: ASGIApp) -> ASGIApp:
        return _Endpoints(self.metrics(app) if self.metrics else app, self)


def stack_of(app: Starlette) -> Stack:
    """Return the layers of an application, put around it at the first call."""
    stack = vars(app).get(_STACK)
    if not isinstance(stack, Stack):
        stack = Stack(app)
        vars(app).update({_STACK: stack, "build_middleware_stack": stack})
        if app.middleware_stack is not None:
            _LOGGER.warning(
                "The application has handled its first message already, so it will be"
                " neither measured nor traced. Call the set-up functions right after"
                " the application is made."
            )
    return stack


def add_endpoint(app: Starlette, path: str, endpoint: ASGIApp) -> None:
    """Answer GET and HEAD on a path: not traced, not measured, not access-logged."""
    stack_of(app).endpoints[path] = endpoint
    _PATHS.add(path)
    logging.getLogger("uvicorn.access").addFilter(_is_no_endpoint)


def local_path(scope: Scope) -> str:
    """Return the path below the prefix that a proxy or a mount has taken off."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    if root and path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/"):
        return path[len(root) :]
    return path


class _Endpoints:
    """Answers the endpoints, and sends out what is left when the service stops."""

    def __init__(self, app: ASGIApp, stack: Stack) -> None:
        self.app = app
        self._stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            send = self._flushing(send)
        app = self._stack.endpoint_for(scope) or self.app
        await app(scope, receive, send)

    def _flushing(self, send: Send) -> Send:
        """Flush before the server is told that shutdown is complete.

        Uvicorn ends itself with the signal it was stopped by, so nothing that is
        registered with `atexit` runs after that.
        """

        async def flushing(message: Message) -> None:
            stopping = message["type"].startswith("lifespan.shutdown.")
            if stopping and self._stack.at_shutdown:
                await _run_briefly(self._stack.at_shutdown)
            await send(message)

        return flushing


async def _run_briefly(function: Callable[[], object]) -> None:
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    for _ in range(_FLUSH_CHECKS):
        if not thread.is_alive():
            return
        await anyio.sleep(_FLUSH_SECONDS / _FLUSH_CHECKS)


def _is_no_endpoint(record: logging.LogRecord) -> bool:
    """Look at the path, which is the third argument of uvicorn's access line."""
    arguments = record.args if isinstance(record.args, tuple) else ()
    return not any(str(path).partition("?")[0] in _PATHS for path in arguments[2:3])
