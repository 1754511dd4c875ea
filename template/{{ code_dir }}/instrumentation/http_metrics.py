"""How many requests there are, how long they take, and how many fail."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from prometheus_client import Counter, Histogram

from .registry import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from .config import Metrics

_METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)
_SERVER_ERROR = 500


class HttpMetrics:
    """The metrics of requests, as many of them as the settings ask for.

    Their labels take few values, whatever clients send: methods that HTTP knows,
    routes that the service has, and the class of the status.
    """

    def __init__(
        self,
        settings: Metrics,
        exemplar: Callable[[], dict[str, str] | None] = lambda: None,
    ) -> None:
        """Make the metrics; the exemplar names the trace of the current request."""
        self._exemplar = exemplar
        # Looking a label set up costs more than counting, so it is done once.
        self._labelled = lru_cache(maxsize=4096)(self._label)
        labels = ("method", "route", "status")
        self._requests: Counter | None = None
        self._seconds: Histogram | None = None
        self._errors: Counter | None = None
        if settings.track_requests:
            self._requests = make(
                Counter, "http_requests_total", "Requests answered.", *labels
            )
        if settings.track_latency:
            self._seconds = make(
                Histogram,
                "http_request_duration_seconds",
                "Time from the arrival of a request to the last byte of its answer.",
                *labels,
            )
        if settings.track_errors:
            self._errors = make(
                Counter,
                "http_errors_total",
                "Requests answered with a server error, or not at all.",
                *labels,
            )

    def observe(
        self, method: str, route: str | None, status: int, seconds: float
    ) -> None:
        """Take note of one request."""
        known = method if method in _METHODS else "OTHER"
        requests, duration, errors = self._labelled(known, route, status // 100)
        exemplar = self._exemplar()
        if requests is not None:
            requests.inc(1, exemplar)
        if duration is not None:
            duration.observe(seconds, exemplar)
        if errors is not None and status >= _SERVER_ERROR:
            errors.inc(1, exemplar)

    def _label(
        self, method: str, route: str | None, status: int
    ) -> tuple[Counter | None, Histogram | None, Counter | None]:
        labels = (method, route or "unmatched", f"{status}xx")
        failed = self._errors if status >= _SERVER_ERROR // 100 else None
        return (
            self._requests.labels(*labels) if self._requests else None,
            self._seconds.labels(*labels) if self._seconds else None,
            failed.labels(*labels) if failed else None,
        )
