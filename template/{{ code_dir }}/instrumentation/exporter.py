"""Sends spans, and stays quiet while nobody is there to take them."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan

_LOGGER = logging.getLogger(__name__)
_PAUSE_SECONDS = 15.0
_HURRIED_SECONDS = 1.5


class QuietExporter(SpanExporter):
    """An OTLP exporter that complains once when the collector is away.

    While it is away, spans are dropped without being encoded, and one batch every few
    seconds tries whether it is there again: neither retries nor memory pile up.
    """

    def __init__(self, url: str) -> None:
        """Send to a URL; headers, certificates and compression come from `OTEL_*`."""
        self._url = url
        self._exporter: SpanExporter = OTLPSpanExporter(endpoint=url)
        self._hurried: SpanExporter | None = None
        self._away_until = 0.0
        self._dropped = 0
        self._reason = ""
        logging.getLogger(OTLPSpanExporter.__module__).addFilter(self._remember)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send one batch; called by the SDK in a thread of its own."""
        if time.monotonic() < self._away_until:
            self._dropped += len(spans)
            return SpanExportResult.FAILURE
        self._reason = ""
        result = (self._hurried or self._exporter).export(spans)
        if result is SpanExportResult.SUCCESS:
            if self._dropped:
                _LOGGER.info(
                    "%s takes spans again; %s were dropped.", self._url, self._dropped
                )
            self._dropped = 0
        else:
            if not self._dropped:
                _LOGGER.warning(
                    "%s does not take spans, so they are dropped until it does: %s",
                    self._url,
                    self._reason,
                )
            self._dropped += len(spans)
            self._away_until = time.monotonic() + _PAUSE_SECONDS
        return result

    def _remember(self, record: logging.LogRecord) -> bool:
        """Keep what the SDK would log at every attempt, for the one line of ours."""
        self._reason = self._reason or record.getMessage()
        return False

    def hurry(self) -> None:
        """Give what is left one short attempt, because the process is about to end."""
        self._hurried = OTLPSpanExporter(endpoint=self._url, timeout=_HURRIED_SECONDS)
        self._exporter.shutdown()

    def shutdown(self) -> None:
        """Close the connections."""
        (self._hurried or self._exporter).shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Do nothing: a batch is sent when it comes."""
        return timeout_millis >= 0
