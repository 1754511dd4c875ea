"""What stands before the project's own middleware.

From the outside in: the endpoints of the instrumentation, the span of the request, its
metrics, and then everything that the project has. So neither `ALLOWED_HOSTS`, nor a
redirect, nor a login stands before an endpoint, and no answer is missed by the metrics.

https://docs.djangoproject.com/en/stable/topics/http/middleware/
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from asgiref.sync import sync_to_async
from django.core.exceptions import MiddlewareNotUsed
from django.core.signals import got_request_exception
from django.utils.log import log_response

from .access_logs import leave_out
from .routes import template_of
from .startup import put_first

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from contextlib import AbstractContextManager

    from django.http import HttpRequest, HttpResponse

    # A plain or a streaming one: their types have too little in common.
    Response = Any
    Endpoint = Callable[[HttpRequest], HttpResponse]
    Observe = Callable[[str, str | None, int, float], None]

_ERROR = "_instrumentation_error"
_READING = frozenset({"GET", "HEAD"})
_CLIENT_ERROR = 400
_SERVER_ERROR = 500


class Span(Protocol):
    """The span of one request."""

    def active(self) -> AbstractContextManager[None]:
        """Return what to enter while the request is worked on."""
        ...

    def end(
        self, route: str | None, status: int, error: BaseException | None = None, /
    ) -> None:
        """Name the span by the template of the route, and end it."""


class Layers:
    """What the set-up functions have switched on."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.span: Callable[[HttpRequest], Span] | None = None
        self.observe: Observe | None = None
        self._endpoints: dict[str, Endpoint] = {}

    def add_endpoint(self, path: str, endpoint: Endpoint) -> None:
        """Answer GET and HEAD on a path: not traced, not measured, not logged."""
        self._endpoints[path] = endpoint
        leave_out(path)

    def endpoint_for(self, request: HttpRequest) -> Endpoint | None:
        """Return the endpoint of the instrumentation that a request goes to."""
        endpoint = self._endpoints.get(request.path_info)
        return endpoint if endpoint and request.method in _READING else None

    def refuse_unused(self) -> None:
        """Tell Django to go on without a middleware that has nothing to do."""
        if not (self.span or self.observe or self._endpoints):
            raise MiddlewareNotUsed


@cache
def layers() -> Layers:
    """Return the layers of this process, put before the project's own middleware."""
    put_first(f"{__name__}.SyncMiddleware", f"{__name__}.AsyncMiddleware")
    got_request_exception.connect(_remember, weak=False)
    return Layers()


class SyncMiddleware:
    """The layers under WSGI."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Response]) -> None:
        """Stand around the project's own middleware."""
        self._layers = layers()
        self._layers.refuse_unused()
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> Response:
        """Answer the request, or watch how it is answered."""
        endpoint = self._layers.endpoint_for(request)
        if endpoint is not None:
            return _of_endpoint(endpoint(request), request)
        exchange = _Exchange(request, self._layers)
        with exchange.active():
            try:
                response = self._get_response(request)
            except BaseException as error:
                exchange.end(_SERVER_ERROR, error)
                raise
            exchange.answered(response)
            if response.status_code >= _CLIENT_ERROR:
                _log(request, response)
        return response


class AsyncMiddleware:
    """The layers under ASGI, in the loop: they never wait for a thread of Django's."""

    sync_capable = False
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], Awaitable[Response]]
    ) -> None:
        """Stand around the project's own middleware."""
        self._layers = layers()
        self._layers.refuse_unused()
        self._get_response = get_response

    async def __call__(self, request: HttpRequest) -> Response:
        """Answer the request, or watch how it is answered."""
        endpoint = self._layers.endpoint_for(request)
        if endpoint is not None:
            response = await asyncio.to_thread(endpoint, request)
            return _of_endpoint(response, request)
        exchange = _Exchange(request, self._layers)
        with exchange.active():
            try:
                response = await self._get_response(request)
            except BaseException as error:
                exchange.end(_SERVER_ERROR, error)
                raise
            exchange.answered(response)
            if response.status_code >= _CLIENT_ERROR:
                # A handler of logging may wait for something, to mail it for example.
                await sync_to_async(_log, thread_sensitive=False)(request, response)
        return response


class _Exchange:
    """A request and its answer."""

    def __init__(self, request: HttpRequest, layers: Layers) -> None:
        self._request = request
        self._observe = layers.observe
        self._span = layers.span(request) if layers.span else None
        self._has_ended = False
        self._started = perf_counter()

    def active(self) -> AbstractContextManager[None]:
        return self._span.active() if self._span else nullcontext()

    def answered(self, response: Response) -> None:
        """End here, or at the last byte of an answer that is still to be made."""
        if response.streaming:
            self._watch(response)
        else:
            self.end(response.status_code)

    def end(self, status: int, error: BaseException | None = None) -> None:
        """Take note of the end, at the first call."""
        if self._has_ended:
            return
        self._has_ended = True
        match = self._request.resolver_match
        route = template_of(match.route) if match else None
        if self._observe is not None:
            seconds = perf_counter() - self._started
            self._observe(self._request.method or "", route, status, seconds)
        if self._span is not None:
            error = error or vars(self._request).get(_ERROR)
            self._span.end(route, status, error)

    def _watch(self, response: Response) -> None:
        """Watch the parts, and the call that a server makes behind the last one.

        A file stays one, because the server may have a faster way to send it.
        """
        close: Callable[[], None] = response.close
        status: int = response.status_code

        def closing() -> None:
            try:
                close()
            finally:
                with self.active():
                    self.end(status)

        response.close = closing
        if getattr(response, "file_to_stream", None) is None:
            parts = response.streaming_content
            response.streaming_content = (
                self._async_parts(parts, status)
                if getattr(response, "is_async", False)
                else self._parts(parts, status)
            )

    def _parts(self, parts: Iterator[bytes], status: int) -> Iterator[bytes]:
        error: BaseException | None = None
        try:
            while True:
                with self.active():
                    part = next(parts, None)
                if part is None:
                    return
                yield part
        except Exception as raised:
            error = raised
            raise
        finally:
            with self.active():
                self.end(status, error)

    async def _async_parts(
        self, parts: AsyncIterator[bytes], status: int
    ) -> AsyncIterator[bytes]:
        error: BaseException | None = None
        try:
            while True:
                with self.active():
                    part = await anext(parts, None)
                if part is None:
                    return
                yield part
        except Exception as raised:
            error = raised
            raise
        finally:
            with self.active():
                self.end(status, error)


def _log(request: HttpRequest, response: Response) -> None:
    """Write Django's own line about a refusal where it still belongs to the trace.

    Django writes it when all middleware is done, unless it is written already.
    """
    log_response(
        "%s: %s",
        response.reason_phrase,
        request.path,
        response=response,
        request=request,
    )


def _of_endpoint(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    # Django would log a refusal as an error, and mail it to the administrators.
    vars(response)["_has_been_logged"] = True
    response["Cache-Control"] = "no-store"
    if request.method == "HEAD":
        response["Content-Length"] = str(len(response.content))
        response.content = b""
    return response


def _remember(request: object = None, **_: object) -> None:
    """Keep what a view has raised: it is an answer before it reaches a middleware."""
    if request is not None:
        vars(request)[_ERROR] = sys.exc_info()[1]
