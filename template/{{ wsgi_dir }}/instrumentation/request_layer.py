"""Sees each request of a WSGI application, from its arrival to its last byte."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from flask import got_request_exception
from flask import request as current

from .wsgi import stack_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask

    Observe = Callable[[str, str | None, int, float], None]
    Write = Callable[[bytes], object]

_FILE_WRAPPER = "wsgi.file_wrapper"
_REQUEST = "instrumentation.request"
_SERVER_ERROR = 500


class Span(Protocol):
    """The span of one request."""

    def active(self) -> AbstractContextManager[object]:
        """Return what to enter while the application works on the request."""
        ...

    def end(
        self, route: str | None, status: int, error: BaseException | None = None
    ) -> None:
        """Take note of the end of the request."""


class RequestLayer:
    """Gives each request of an application a span, and its numbers to the metrics."""

    def __init__(self, app: WSGIApplication) -> None:
        """Stand around the application, and do nothing yet."""
        self.app = app
        self.begin_span: Callable[[WSGIEnvironment], Span] | None = None
        self.observe: Observe | None = None

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Let the application answer; the end of the request is that of its body."""
        outer = environ.get(_REQUEST)
        if outer is not None:
            # The application is mounted in one that sees its requests already.
            outer.mounted()
            return self.app(environ, start_response)
        request = _Request(self, environ, start_response)
        try:
            with request.active():
                body = self.app(environ, request.start_response)
        except BaseException as error:
            request.end(error)
            raise
        if request.is_file(body):
            # The server sends it by itself, and only what it knows as its own.
            request.end()
            return body
        return _Body(body, request)


def request_layer_of(app: Flask) -> RequestLayer:
    """Return the layer of an application, put around it at the first call."""
    stack = stack_of(app)
    if not isinstance(stack.app, RequestLayer):
        stack.app = RequestLayer(stack.app)
    # Before Flask 2.3 there are no signals without Blinker.
    with suppress(RuntimeError):
        got_request_exception.connect(_note_error)
    return stack.app


def _note_error(_app: Flask, exception: BaseException, **_: object) -> None:
    """Keep the exception that Flask answers with a server error, or raises again."""
    request = current.environ.get(_REQUEST)
    if request is not None:
        request.failed(exception)


class _Request:
    """One request."""

    def __init__(
        self,
        layer: RequestLayer,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> None:
        self._environ = environ
        self._start_response = start_response
        self._observe = layer.observe
        self._root = environ.get("SCRIPT_NAME", "")
        self._prefix = ""
        self._route: str | None = None
        self._status = _SERVER_ERROR
        self._error: BaseException | None = None
        self._ended = False
        self._files: _Files | None = None
        wrapper = environ.get(_FILE_WRAPPER)
        if wrapper is not None and not isinstance(wrapper, type):
            environ[_FILE_WRAPPER] = self._files = _Files(wrapper)
        self._started = perf_counter()
        self._span = layer.begin_span(environ) if layer.begin_span else None
        environ[_REQUEST] = self

    def active(self) -> AbstractContextManager[object]:
        """Let what is traced in a block be below the span of the request."""
        return nullcontext() if self._span is None else self._span.active()

    def start_response(
        self, status: str, headers: list[tuple[str, str]], *exc_info: OptExcInfo | None
    ) -> Write:
        """Take note of route and status; the server's own function does the rest."""
        self._find_route()
        self._status = int(status[:3])
        return self._start_response(status, headers, *exc_info)

    def mounted(self) -> None:
        """Take note of the place where the application that answers is mounted."""
        self._prefix = self._environ.get("SCRIPT_NAME", "").removeprefix(self._root)

    def failed(self, error: BaseException) -> None:
        """Take note of an exception that the application could not answer."""
        self._find_route()
        self._error = error

    def is_file(self, body: Iterable[bytes]) -> bool:
        """Tell whether a body was made by the server, to be sent in a way of its own.

        https://peps.python.org/pep-3333/#optional-platform-specific-file-handling
        """
        if self._files is not None:
            return any(body is file for file in self._files.made)
        wrapper = self._environ.get(_FILE_WRAPPER)
        return wrapper is not None and isinstance(body, wrapper)

    def end(self, error: BaseException | None = None) -> None:
        """Take note of the end; what comes after the first one is none."""
        if self._ended:
            return
        self._ended = True
        self._environ.pop(_REQUEST, None)
        route = self._route
        status = self._status if error is None else _SERVER_ERROR
        if self._observe is not None:
            seconds = perf_counter() - self._started
            # An exemplar is taken from the span that is active.
            with self.active():
                self._observe(self._environ["REQUEST_METHOD"], route, status, seconds)
        if self._span is not None:
            self._span.end(route, status, error or self._error)

    def _find_route(self) -> None:
        """Learn the rule that the request was routed by, while Flask holds it here.

        https://werkzeug.palletsprojects.com/en/stable/wrappers/#werkzeug.wrappers.Request
        """
        rule = getattr(self._environ.get("werkzeug.request"), "url_rule", None)
        if rule is not None:
            self._route = self._prefix + rule.rule


class _Body:
    """What the application answers; its last part is the end of the request."""

    def __init__(self, body: Iterable[bytes], request: _Request) -> None:
        self._body = body
        self._chunks = iter(body)
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            with self._request.active():
                return next(self._chunks)
        except StopIteration:
            self._request.end()
            raise
        except BaseException as error:
            self._request.end(error)
            raise

    def close(self) -> None:
        """Close the body, which the server does also when the client is gone."""
        close = getattr(self._body, "close", None)
        try:
            if close is not None:
                with self._request.active():
                    close()
        finally:
            self._request.end()


class _Files:
    """Stands in for a file wrapper of uWSGI or mod_wsgi, which is no class."""

    def __init__(self, wrapper: Callable[..., Iterable[bytes]]) -> None:
        self._wrapper = wrapper
        self.made: list[Iterable[bytes]] = []

    def __call__(self, *arguments: object) -> Iterable[bytes]:
        self.made.append(self._wrapper(*arguments))
        return self.made[-1]
