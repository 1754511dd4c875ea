"""Spans of the queries that Django's ORM sends, and of its raw cursors.

https://opentelemetry.io/docs/specs/semconv/database/database-spans/
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from .database import masked, operation_of, short_name, system_of
from .orm import text_of, wrap_statements

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from .orm import Connection, Execute

_TRACER = trace.get_tracer(__name__)


@cache
def trace_statements(
    below: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> None:
    """Give the statements of all databases spans from now on.

    `below` makes what is entered while the driver works: a driver that is traced
    itself, because the service calls it directly, would trace the statement again.
    """

    def around(
        execute: Execute,
        sql: object,
        params: object,
        many: object,
        context: Mapping[str, Any],
    ) -> object:
        span = _begin(sql, context["connection"], _length(params) if many else 0)
        try:
            with below():
                return execute(sql, params, many, context)
        except BaseException as error:
            _fail(span, error)
            raise
        finally:
            if span is not None:
                span.end()

    wrap_statements(around)


def _length(params: object) -> int:
    """Return for how many sets of parameters a statement runs, if they say so."""
    return len(params) if isinstance(params, (list, tuple)) else 0


def _begin(sql: object, connection: Connection, times: int) -> Span | None:
    """Start a span below the one that is recorded, if one is."""
    if not trace.get_current_span().is_recording():
        return None
    statement = text_of(sql, connection)
    operation = operation_of(statement)
    settings: Mapping[str, Any] = connection.settings_dict
    database = str(settings.get("NAME") or "")
    port = str(settings.get("PORT") or "")
    found: dict[str, str | int | None] = {
        "db.system.name": system_of(connection.vendor),
        "db.namespace": database,
        "db.operation.name": operation,
        "db.operation.batch.size": times if times > 1 else None,
        # Parameters stay out; so do values that are written into the text.
        "db.query.text": masked(statement),
        "server.address": settings.get("HOST"),
        "server.port": int(port) if port.isdecimal() else None,
    }
    return _TRACER.start_span(
        f"{operation} {short_name(database)}" if database else operation,
        kind=SpanKind.CLIENT,
        attributes={name: value for name, value in found.items() if value},
    )


def _fail(span: Span | None, error: BaseException) -> None:
    if span is not None:
        span.record_exception(error)
        span.set_attribute("error.type", type(error).__qualname__)
        span.set_status(Status(StatusCode.ERROR, str(error)))
