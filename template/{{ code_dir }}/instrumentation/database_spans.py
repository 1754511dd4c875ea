"""Spans of the queries that go through SQLAlchemy.

Everything listens to the class `Engine`, not to one engine, so it covers engines that
were made before set-up, asynchronous ones, and any number of them.

https://docs.sqlalchemy.org/en/20/core/events.html
https://opentelemetry.io/docs/specs/semconv/database/database-spans/
"""

from __future__ import annotations

from contextlib import ExitStack, nullcontext
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from .database import masked, operation_of, short_name, system_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import URL, ExceptionContext

_TRACER = trace.get_tracer(__name__)
_SPANS = "instrumentation.spans"


@cache
def trace_queries(
    below: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> None:
    """Give the statements of all engines spans from now on.

    `below` makes what is entered while the driver works: a driver that is traced
    itself, because the service calls it directly, would trace the statement again.
    """

    def begin(
        connection: Connection, _: object, statement: str, *_rest: object
    ) -> None:
        entered = ExitStack()
        connection.info.setdefault(_SPANS, []).append(
            (_begin(connection, statement), entered)
        )
        entered.enter_context(below())

    event.listen(Engine, "before_cursor_execute", begin)
    event.listen(Engine, "after_cursor_execute", _end)
    event.listen(Engine, "handle_error", _fail)


def _begin(connection: Connection, statement: str) -> Span | None:
    """Start a span below the one that is recorded, if one is."""
    if not trace.get_current_span().is_recording():
        return None
    operation = operation_of(statement)
    url = connection.engine.url
    return _TRACER.start_span(
        f"{operation} {short_name(url.database)}" if url.database else operation,
        kind=SpanKind.CLIENT,
        attributes={
            **_attributes(connection.dialect.name, url),
            "db.operation.name": operation,
            # Parameters stay out; so do values that are written into the text.
            "db.query.text": masked(statement),
        },
    )


def _end(connection: Connection, *_: object) -> None:
    _finish(connection, None)


def _fail(context: ExceptionContext) -> None:
    """End the span of a statement; other errors, of connecting say, have none."""
    if context.connection is not None and context.execution_context is not None:
        _finish(context.connection, context.original_exception)


def _finish(connection: Connection, error: BaseException | None) -> None:
    spans = connection.info.get(_SPANS)
    if not spans:
        return
    span, entered = spans.pop()
    entered.close()
    if span is None:
        return
    if error is not None:
        span.record_exception(error)
        span.set_attribute("error.type", type(error).__qualname__)
        span.set_status(Status(StatusCode.ERROR, str(error)))
    span.end()


@lru_cache(maxsize=128)
def _attributes(dialect: str, url: URL) -> dict[str, str | int]:
    found = {
        "db.system.name": system_of(dialect),
        "db.namespace": url.database,
        "server.address": url.host,
        "server.port": url.port,
    }
    return {key: value for key, value in found.items() if value is not None}
