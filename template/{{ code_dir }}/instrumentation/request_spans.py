"""The span of a request: begun when it arrives, named by the route that answers it.

https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from opentelemetry import context, propagate, trace
from opentelemetry.propagators.textmap import Getter
from opentelemetry.trace import SpanKind, Status, StatusCode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextvars import Token

    Environ = Mapping[str, Any]

_TRACER = trace.get_tracer(__name__)
_METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)
_SERVER_ERROR = 500
_HOST = re.compile(r"(\[[^]]+\]|[^:]+)(?::(\d{1,5}))?")


class _Headers(Getter["Environ"]):
    """Reads the trace that a request belongs to from headers, as WSGI names them."""

    def get(self, carrier: Environ, key: str) -> list[str] | None:
        value = carrier.get("HTTP_" + key.upper().replace("-", "_"))
        return None if value is None else [value]

    def keys(self, carrier: Environ) -> list[str]:
        return [
            name[5:].lower().replace("_", "-")
            for name in carrier
            if name.startswith("HTTP_")
        ]


_HEADERS = _Headers()


class Active:
    """Makes a context the current one in a block.

    A class, because it is entered several times a request, and a generator takes twice
    the time.
    """

    __slots__ = ("_context", "_token")

    def __init__(self, entered: context.Context) -> None:
        """Take the context, and do nothing yet."""
        self._context = entered
        self._token: Token[context.Context] | None = None

    def __enter__(self) -> None:
        """Begin the block."""
        self._token = context.attach(self._context)

    def __exit__(self, *_: object) -> None:
        """Go back to the context from before."""
        if self._token is not None:
            context.detach(self._token)


class RequestSpan:
    """The span of one request, in the trace of whoever sent it."""

    def __init__(self, environ: Environ, scheme: str, path: str | None = None) -> None:
        """Begin; the environment is WSGI's, or the `META` of Django's requests.

        The path is given where the framework has decoded it already.
        """
        method: str = environ["REQUEST_METHOD"]
        self._method = method if method in _METHODS else "HTTP"
        parent = propagate.extract(environ, getter=_HEADERS)
        self._span = _TRACER.start_span(
            self._method,
            parent,
            SpanKind.SERVER,
            {
                "http.request.method": method if method in _METHODS else "_OTHER",
                "url.path": _path(environ) if path is None else path,
                "url.scheme": scheme,
            },
        )
        self._context = trace.set_span_in_context(self._span, parent)
        if self._span.is_recording():
            self._span.set_attributes(_details(environ))

    def active(self) -> Active:
        """Let what is traced in a block be below this span."""
        return Active(self._context)

    def end(
        self, route: str | None, status: int, error: BaseException | None = None
    ) -> None:
        """Name the span by the template of the route, and end it."""
        span = self._span
        if span.is_recording():
            if route is not None:
                span.update_name(f"{self._method} {route}")
                span.set_attribute("http.route", route)
            span.set_attribute("http.response.status_code", status)
            if error is not None:
                span.record_exception(error)
            if error is not None or status >= _SERVER_ERROR:
                kind = type(error).__qualname__ if error else str(status)
                span.set_attribute("error.type", kind)
                span.set_status(Status(StatusCode.ERROR))
        span.end()


def _path(environ: Environ) -> str:
    """Return the path as text: WSGI hands it over as Latin-1, whatever it is."""
    path: str = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    try:
        return path.encode("latin-1").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return path


def _details(environ: Environ) -> dict[str, str | int]:
    named = _HOST.fullmatch(environ.get("HTTP_HOST", ""))
    host, port = named.groups() if named else (environ.get("SERVER_NAME"), None)
    found = {
        "server.address": host,
        "server.port": int(port) if port else None,
        "client.address": environ.get("REMOTE_ADDR"),
        "user_agent.original": environ.get("HTTP_USER_AGENT"),
    }
    return {name: value for name, value in found.items() if value}
