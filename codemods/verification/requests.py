"""Which requests prove a service: one for each route, and a path that does not exist.

Only reading methods are sent unless writing is allowed, and no path whose name says that it ends something.
"""

from __future__ import annotations

import http.client
import json
import re
import secrets
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from codemods.verification import placeholders
from codemods.verification.placeholders import fill, has_placeholders, plain, read
from codemods.verification.samples import Schemas, is_certain, sample_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codemods.analysis.model import Endpoint

ROUTE, UNKNOWN, HEALTH, READINESS, METRICS = "route", "unknown", "health", "readiness", "metrics"
_READING = ("GET",)
# What is made first can be read afterwards, and is taken away last.
_WRITING = ("POST", "PUT", "PATCH", "DELETE")
# A GET may do more than read, whatever RFC 9110 says; these are not asked to find out.
_LEFT_ALONE = re.compile(
    r"shut-?down|restart|reboot|reset|log-?out|sign-?out|unsubscribe|delete|destroy|purge|drop", re.IGNORECASE
)
_READ_AT_MOST = 4_000_000


@dataclass(frozen=True)
class Request:
    """One request to send.

    Attributes:
        method: ``GET`` …
        path: What stands in the request line, the query included.
        route: The template it belongs to, ``/orders/{order_id}``; empty when it belongs to none.
        purpose: ``route``, ``unknown``, ``health``, ``readiness`` or ``metrics``.
        headers: Header fields to send.
        body: JSON to send; None for none.
        certain: Whether the service itself says that the route exists.
    """

    method: str
    path: str
    route: str = ""
    purpose: str = ROUTE
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    certain: bool = True

    def __str__(self) -> str:
        """Return it as people write it: ``GET /orders/1``."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, eq=False)
class Exchange:
    """A request that was sent, and what came back.

    Attributes:
        request: What was sent.
        trace_id: The trace it was sent in.
        status: HTTP status; 0 when there was no answer.
        body: The answer's text.
        content_type: Its media type.
        error: Why there was no answer.
        start: Nanoseconds since the epoch.
        end: The same, when the answer was complete.
    """

    request: Request
    trace_id: str
    status: int = 0
    body: str = ""
    content_type: str = ""
    error: str = ""
    start: int = 0
    end: int = 0


def plan_requests(
    openapi: Mapping[str, Any] | None,
    endpoints: Iterable[Endpoint],
    *,
    own: Iterable[str] = (),
    allow_writes: bool = False,
    limit: int = 20,
) -> list[Request]:
    """Choose the requests for a service's routes.

    Args:
        openapi: What the running service serves at ``/openapi.json``; None when it does not.
        endpoints: What the analysis found, for services and routes without a description.
        own: Paths that are asked for by themselves: health, readiness, metrics.
        allow_writes: Send POST, PUT, PATCH and DELETE, too.
        limit: How many at most.

    Returns:
        One request for each method and route: those without parameters first, those that delete last.
    """
    methods = (*_READING, *_WRITING) if allow_writes else _READING
    found: dict[tuple[str, str], Request] = {}
    for request in (*_described(openapi or {}), *_analysed(endpoints, certain=openapi is None)):
        known = (request.method, plain(request.route))
        wanted = request.method in methods and request.route not in set(own)
        if wanted and known not in found and not _LEFT_ALONE.search(request.route):
            found[known] = request
    return sorted(found.values(), key=lambda request: _order(request, methods))[:limit]


def unknown_path() -> Request:
    """Return a request for a path that no service has."""
    return Request("GET", f"/no-such-path-{secrets.token_hex(6)}", purpose=UNKNOWN)


def matches(route: str, path: str) -> bool:
    """Tell whether a path, with or without a query, can belong to a route template."""
    return placeholders.matches(route, urlsplit(path).path)


def send(url: str, request: Request, *, timeout: float = 10.0) -> Exchange:
    """Send one request in a trace of its own and read the answer.

    The trace begins here (https://www.w3.org/TR/trace-context/), so that spans can be told apart by request.
    """
    trace_id = secrets.token_hex(16)
    headers = {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01", "Accept": "*/*", **request.headers}
    body = None
    if request.body is not None:
        headers["Content-Type"], body = "application/json", json.dumps(request.body)
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname or "127.0.0.1", target.port, timeout=timeout)
    start = time.time_ns()
    status, text, kind, error = 0, "", "", ""
    try:
        connection.request(request.method, request.path, body, headers)
        response = connection.getresponse()
        status, kind = response.status, response.getheader("Content-Type") or ""
        text = response.read(_READ_AT_MOST).decode("utf-8", "replace")
    except (TimeoutError, socket.timeout):  # noqa: UP041
        error = f"no complete answer within {timeout:.0f} s"
    except (OSError, http.client.HTTPException) as problem:
        error = f"{type(problem).__name__}: {problem}".rstrip(": ")
    finally:
        connection.close()
    return Exchange(
        request, trace_id, status, text, kind.partition(";")[0].strip(), error, start, time.time_ns()
    )


def _described(openapi: Mapping[str, Any]) -> Iterable[Request]:
    schemas = Schemas(openapi)
    for route, item in (openapi.get("paths") or {}).items():
        for method, operation in item.items():
            if method.upper() not in (*_READING, *_WRITING) or _streams(operation):
                continue
            parameters = [
                schemas.resolve(one)
                for one in (*item.get("parameters", ()), *operation.get("parameters", ()))
            ]
            yield _filled(method.upper(), route, operation, parameters, schemas)


def _filled(
    method: str,
    route: str,
    operation: Mapping[str, Any],
    parameters: list[Mapping[str, Any]],
    schemas: Schemas,
) -> Request:
    values = {one["name"]: schemas.parameter(one) for one in parameters if one.get("in") == "path"}
    required = [one for one in parameters if one.get("required")]
    query = {one["name"]: schemas.parameter(one) for one in required if one.get("in") == "query"}
    headers = {one["name"]: str(schemas.parameter(one)) for one in required if one.get("in") == "header"}
    path = fill(route, lambda one: _segment(values.get(one.name, "example")))
    if query:
        path += "?" + urlencode(query, doseq=True)
    return Request(method, path, route, headers=headers, body=schemas.body(operation))


def _analysed(endpoints: Iterable[Endpoint], *, certain: bool) -> Iterable[Request]:
    for endpoint in endpoints:
        path = fill(endpoint.path, lambda one: _segment(sample_for(one)))
        body: dict[str, Any] | None = {} if endpoint.method in _WRITING else None
        sure = certain and all(is_certain(one) for one in read(endpoint.path))
        yield Request(endpoint.method, path, endpoint.path, body=body, certain=sure)


def _segment(value: object) -> str:
    return quote(str(value).lower() if isinstance(value, bool) else str(value), safe="") or "example"


def _streams(operation: Mapping[str, Any]) -> bool:
    answers = (operation.get("responses") or {}).values()
    return any("text/event-stream" in (answer.get("content") or {}) for answer in answers)


def _order(request: Request, methods: tuple[str, ...]) -> tuple[object, ...]:
    parametrised = has_placeholders(request.route) or "?" in request.path
    return request.method == "DELETE", parametrised, methods.index(request.method), not request.certain
