"""What stands around a WSGI application.

From the outside in: the endpoints of the instrumentation, the span and the metrics of
a request, and then the application with all of its hooks: none of them can block an
endpoint, and none is missed by the metrics. What is put around `wsgi_app` after set-up,
such as `ProxyFix`, stands outside, and what it corrects is seen corrected.

https://peps.python.org/pep-3333/
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask

_LOGGER = logging.getLogger(__name__)
_ACCESS_LOGGERS = ("gunicorn.access", "werkzeug")
_PATHS: set[str] = set()
_READING = frozenset({"GET", "HEAD"})
_STACK = "_instrumentation_stack"
# Werkzeug colours the request line of some answers.
_REQUEST_LINE = re.compile(r'"(?:\x1b\[[\d;]*m)*[A-Z]+ ([^ ?]+)')


class Stack:
    """The layers of one application; replaces its `wsgi_app`."""

    def __init__(self, app: WSGIApplication) -> None:
        """Stand around the application."""
        self.app = app
        self.endpoints: dict[str, WSGIApplication] = {}

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request, or let the application do so."""
        method = environ["REQUEST_METHOD"]
        if method in _READING:
            path = environ.get("PATH_INFO", "")
            # Middleware that takes a prefix of "/" off leaves no slash in front.
            endpoint = self.endpoints.get(path if path[:1] == "/" else f"/{path}")
            if endpoint is not None:
                body = endpoint({**environ, "REQUEST_METHOD": "GET"}, start_response)
                return body if method == "GET" else ()
        return self.app(environ, start_response)


def stack_of(app: Flask) -> Stack:
    """Return the layers of an application, put around it at the first call."""
    stack = vars(app).get(_STACK)
    if not isinstance(stack, Stack):
        stack = Stack(app.wsgi_app)
        vars(app).update({_STACK: stack, "wsgi_app": stack})
        if vars(app).get("_got_first_request"):
            _LOGGER.warning(
                "The application has handled its first request already, which was"
                " neither measured nor traced. Call the set-up functions right after"
                " the application is made."
            )
    return stack


def add_endpoint(app: Flask, path: str, endpoint: WSGIApplication) -> None:
    """Answer GET and HEAD on a path: not traced, not measured, not access-logged."""
    stack_of(app).endpoints[path] = endpoint
    _PATHS.add(path)
    for name in _ACCESS_LOGGERS:
        logging.getLogger(name).addFilter(_is_no_endpoint)


def _is_no_endpoint(record: logging.LogRecord) -> bool:
    """Look at the path: a value of gunicorn's, a part of what Werkzeug writes."""
    if isinstance(record.args, Mapping):
        return record.args.get("U") not in _PATHS
    line = _REQUEST_LINE.search(record.getMessage())
    return line is None or line[1] not in _PATHS
