"""A small OTLP receiver: what an exporter sends over HTTP, decoded to plain values.

It listens on a free port of this machine, takes protobuf (also compressed) at ``/v1/traces``, and can be told
to misbehave, because an instrumented service has to stay healthy beside a collector that is slow or gone.
See https://opentelemetry.io/docs/specs/otlp/#otlphttp.
"""

from __future__ import annotations

import gzip
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from codemods.verification.extras import require_extras

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SERVER, CLIENT, INTERNAL, PRODUCER, CONSUMER = "server", "client", "internal", "producer", "consumer"
_KINDS = ("unspecified", INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER)
_STATUSES = ("unset", "ok", "error")
_TRACES, _OTHERS = "/v1/traces", ("/v1/metrics", "/v1/logs")


@dataclass(frozen=True)
class Span:
    """One finished span as it came over the wire.

    Attributes:
        name: ``GET /orders/{order_id}``, ``SELECT orders`` …
        kind: ``server``, ``client``, ``internal``, ``producer``, ``consumer`` or ``unspecified``.
        trace_id: 32 hexadecimal digits.
        span_id: 16 hexadecimal digits.
        parent_id: The same of the parent; empty for a root.
        start: Nanoseconds since the epoch.
        end: Nanoseconds since the epoch.
        attributes: Values by name.
        status: ``unset``, ``ok`` or ``error``.
        resource: What describes the process: ``service.name`` and so on.
        scope: Name of the instrumentation that made the span.
    """

    name: str
    kind: str = INTERNAL
    trace_id: str = ""
    span_id: str = ""
    parent_id: str = ""
    start: int = 0
    end: int = 0
    attributes: Mapping[str, Any] = field(default_factory=dict)
    status: str = "unset"
    resource: Mapping[str, Any] = field(default_factory=dict)
    scope: str = ""

    @property
    def milliseconds(self) -> float:
        """How long it took."""
        return (self.end - self.start) / 1e6


@dataclass(frozen=True)
class Behaviour:
    """How the receiver answers.

    Attributes:
        status: The HTTP status of every answer; from 400 on, nothing is kept.
        delay: Seconds to wait before each answer.
        hang: Never answer, until the receiver is closed.
    """

    status: int = 200
    delay: float = 0.0
    hang: bool = False


class OtlpReceiver:
    """A receiver that lives as long as its ``with`` block.

    Args:
        behaviour: How to answer; well-behaved when not given. Its attribute can be replaced at any time.
        port: Where to listen; any free port when 0.

    Raises:
        UsageError: The package that decodes the messages is not installed.
    """

    def __init__(self, behaviour: Behaviour | None = None, *, port: int = 0) -> None:
        """Make a receiver that does not listen yet."""
        self._decode = _decoder()
        self.behaviour = behaviour or Behaviour()
        self.closing = threading.Event()
        self.requests: list[str] = []
        self._spans: list[Span] = []
        self._arrived = threading.Condition()
        self._port = port
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        """Start to listen."""
        self._server = _Server(("127.0.0.1", self._port), partial(_Handler, self))
        threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="otlp-receiver", daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop to listen and let go of connections that hang."""
        self.closing.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    @property
    def endpoint(self) -> str:
        """The base URL for ``OTEL_EXPORTER_OTLP_ENDPOINT``."""
        if self._server is None:
            raise RuntimeError("the receiver listens inside its `with` block only")
        return f"http://127.0.0.1:{self._server.server_port}"

    def spans(self) -> list[Span]:
        """Return the spans that have arrived so far."""
        with self._arrived:
            return list(self._spans)

    def clear(self) -> None:
        """Forget what has arrived."""
        with self._arrived:
            self._spans.clear()
            self.requests.clear()

    def wait_for(self, wanted: int | Callable[[list[Span]], object], timeout: float = 10.0) -> bool:
        """Wait until enough has arrived.

        Args:
            wanted: A number of spans, or a test of the list of all spans.
            timeout: Seconds to wait at most.

        Returns:
            Whether it arrived in time.
        """
        with self._arrived:
            if isinstance(wanted, int):
                return self._arrived.wait_for(lambda: len(self._spans) >= wanted, timeout)
            return bool(self._arrived.wait_for(lambda: wanted(list(self._spans)), timeout))

    def settle(self, quiet: float, timeout: float) -> None:
        """Wait until nothing has arrived for a while.

        Args:
            quiet: Seconds without a new span that are enough.
            timeout: Seconds to wait at most.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if not self.wait_for(len(self.spans()) + 1, quiet):
                return

    def take(self, path: str, body: bytes) -> int:
        """Keep what a request brought and return the HTTP status to answer with."""
        if path not in (_TRACES, *_OTHERS):
            return 404
        status = self.behaviour.status
        spans: list[Span] = []
        if path == _TRACES and status < 400:  # noqa: PLR2004
            try:
                spans = list(self._decode(body))
            except ValueError:
                status = 400
        with self._arrived:
            self.requests.append(path)
            self._spans += spans
            self._arrived.notify_all()
        return status


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A collector that hangs must not keep the test that closes it waiting.
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about exporters that hang up first."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, owner: OtlpReceiver, *connection: Any) -> None:
        self.owner = owner
        super().__init__(*connection)

    def do_POST(self) -> None:
        """Take one export."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        behaviour = self.owner.behaviour
        if behaviour.hang:
            self.owner.closing.wait()
            self.close_connection = True
            return
        if behaviour.delay:
            self.owner.closing.wait(behaviour.delay)
        try:
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            status = self.owner.take(self.path, body)
        except (OSError, EOFError):
            status = 400
        self.send_response(status)
        self.send_header("Content-Type", "application/x-protobuf")
        # An empty message is a valid answer: everything was accepted.
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def _decoder() -> Callable[[bytes], Iterable[Span]]:
    require_extras()
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    def decode(body: bytes) -> Iterable[Span]:
        try:
            request = ExportTraceServiceRequest.FromString(body)
        except DecodeError as error:
            raise ValueError("not an OTLP trace request") from error
        return [
            _span(span, _attributes(group.resource.attributes), scoped.scope.name)
            for group in request.resource_spans
            for scoped in group.scope_spans
            for span in scoped.spans
        ]

    return decode


def _span(span: Any, resource: dict[str, Any], scope: str) -> Span:
    return Span(
        name=span.name,
        kind=_KINDS[span.kind] if span.kind < len(_KINDS) else _KINDS[0],
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        attributes=_attributes(span.attributes),
        status=_STATUSES[span.status.code] if span.status.code < len(_STATUSES) else _STATUSES[0],
        resource=resource,
        scope=scope,
    )


def _attributes(pairs: Iterable[Any]) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return _attributes(value.kvlist_value.values)
    return None if kind is None else getattr(value, kind)
