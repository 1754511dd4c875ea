"""Makes metrics, or finds the ones that exist.

A name can be registered once in a process. Tests that import the service a second
time, or other instrumentation with the same name, must not keep it from starting.
"""

from __future__ import annotations

import logging
import os
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Summary,
    start_http_server,
)
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from collections.abc import Callable

Metric = TypeVar("Metric", Counter, Gauge, Histogram, Summary)

_LOGGER = logging.getLogger(__name__)


def make(kind: type[Metric], name: str, description: str, *labels: str) -> Metric:
    """Return the metric of a name, made at the first call."""
    # A gauge is the sum over the worker processes that are alive.
    options: dict[str, Any] = {"multiprocess_mode": "livesum"} if kind is Gauge else {}
    try:
        return kind(name, description, labels, **options)
    except ValueError:
        found = vars(REGISTRY)["_names_to_collectors"].get(name)
        if isinstance(found, kind) and vars(found)["_labelnames"] == labels:
            return found
    _LOGGER.warning("%s is in use with another type or labels; not exposed.", name)
    return kind(name, description, labels, registry=None, **options)


def collected() -> CollectorRegistry:
    """Return what answers with the metrics of all worker processes."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    collect: Callable[[CollectorRegistry], object] = MultiProcessCollector
    collect(registry)
    return registry


@cache
def serve(port: int) -> None:
    """Answer on a port of its own, from whichever worker process is the first."""
    try:
        start_http_server(port, registry=collected())
    except OSError as error:
        _LOGGER.info("Port %s answers with the metrics already (%s).", port, error)
