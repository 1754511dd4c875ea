"""Spans of the service's own functions."""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode

from .wrapping import observed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

P = ParamSpec("P")
R = TypeVar("R")

_TRACER = trace.get_tracer(__name__)


class _Span:
    """The span of one call."""

    def __init__(self, name: str) -> None:
        self._span = _TRACER.start_span(name)

    def stretch(self) -> AbstractContextManager[object]:
        return trace.use_span(
            self._span, record_exception=False, set_status_on_exception=False
        )

    def finish(self, error: BaseException | None) -> None:
        if error is not None:
            self._span.record_exception(error)
            self._span.set_status(
                Status(StatusCode.ERROR, f"{type(error).__name__}: {error}")
            )
        self._span.end()


def traced(function: Callable[P, R]) -> Callable[P, R]:
    """Give each call of a function a span named after it.

    Works on plain functions, coroutines, generators and asynchronous generators. An
    exception is recorded on the span and goes on to the caller.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    return observed(function, lambda *_, **__: _Span(name))


@contextmanager
def untraced() -> Iterator[None]:
    """Let nothing in a block be traced, nor in the services that it calls."""
    context = SpanContext(
        trace_id=random.getrandbits(128) or 1,
        span_id=random.getrandbits(64) or 1,
        is_remote=False,
    )
    with trace.use_span(NonRecordingSpan(context)):
        yield


def exemplar() -> dict[str, str] | None:
    """Name the current trace for a metric, if it is one that is kept."""
    context = trace.get_current_span().get_span_context()
    if context.trace_flags.sampled:
        return {"trace_id": trace.format_trace_id(context.trace_id)}
    return None
