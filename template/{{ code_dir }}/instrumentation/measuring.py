"""Decorators that feed a metric from a function of the service.

The labels of the metric, if it has any, are filled from the arguments of the call that
have the same names: label by what takes few values, never by an id.
"""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from .wrapping import observed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client import Counter, Gauge, Histogram, Summary

    Metric = TypeVar("Metric", Counter, Counter | Gauge, Histogram | Summary)

P = ParamSpec("P")
R = TypeVar("R")


def counted(metric: Counter | Gauge) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Add one for each call that ends well."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        labels = _Labels(metric, function)

        def begin(*args: object, **kwargs: object) -> _Call:
            values = labels.values(*args, **kwargs)

            def count(_seconds: float, error: BaseException | None) -> None:
                if error is None:
                    (metric.labels(*values) if values else metric).inc()

            return _Call(count)

        return observed(function, begin)

    return decorate


def timed(
    metric: Histogram | Summary,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Observe how many seconds each call takes, however it ends."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        labels = _Labels(metric, function)

        def begin(*args: object, **kwargs: object) -> _Call:
            values = labels.values(*args, **kwargs)

            def observe(seconds: float, _error: BaseException | None) -> None:
                (metric.labels(*values) if values else metric).observe(seconds)

            return _Call(observe)

        return observed(function, begin)

    return decorate


class _Labels:
    """Reads the labels of a metric from the arguments of a function."""

    def __init__(self, metric: object, function: Callable[..., object]) -> None:
        self._names: tuple[str, ...] = vars(metric)["_labelnames"]
        self._signature = inspect.signature(function)

    def values(self, *args: object, **kwargs: object) -> tuple[str, ...]:
        if not self._names:
            return ()
        call = self._signature.bind_partial(*args, **kwargs)
        call.apply_defaults()
        return tuple(str(call.arguments.get(name, "")) for name in self._names)


class _Call:
    """One call; the time of a generator's consumer is not part of it."""

    def __init__(self, finish: Callable[[float, BaseException | None], None]) -> None:
        self._finish = finish
        self._seconds = 0.0

    @contextmanager
    def stretch(self) -> Iterator[None]:
        started = perf_counter()
        try:
            yield
        finally:
            self._seconds += perf_counter() - started

    def finish(self, error: BaseException | None) -> None:
        self._finish(self._seconds, error)
