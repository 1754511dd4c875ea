"""The tracer provider: which traces are kept, and how they leave the process."""

from __future__ import annotations

import atexit
import logging
from functools import cache
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    DEFAULT_OFF,
    DEFAULT_ON,
    ParentBased,
    Sampler,
    TraceIdRatioBased,
)

from .config import ConfigError, get_config
from .exporter import QuietExporter

if TYPE_CHECKING:
    from .config import Tracing

_LOGGER = logging.getLogger(__name__)


@cache
def provide() -> TracerProvider | None:
    """Set the provider of this process, unless it has one.

    Two providers would give every span to two exporters, so one that the service has
    set itself stays as it is, and ours is not made.
    """
    existing = trace.get_tracer_provider()
    if isinstance(existing, TracerProvider):
        _LOGGER.info("Using the tracer provider that the service has set.")
        return existing
    settings = get_config().tracing
    exporter = QuietExporter(settings.traces_url)
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: settings.service_name}),
        sampler=_sampler(settings),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    atexit.register(_shut_down, provider, exporter)
    return provider


def flush() -> None:
    """Send what is waiting to be sent."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.force_flush()


def _shut_down(provider: TracerProvider, exporter: QuietExporter) -> None:
    exporter.hurry()
    provider.shutdown()


def _sampler(settings: Tracing) -> Sampler:
    """Return the sampler of a name in OpenTelemetry's own list.

    https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
    """
    ratio = TraceIdRatioBased(settings.sampling_rate)
    samplers = {
        "always_on": ALWAYS_ON,
        "always_off": ALWAYS_OFF,
        "traceidratio": ratio,
        "parentbased_always_on": DEFAULT_ON,
        "parentbased_always_off": DEFAULT_OFF,
        "parentbased_traceidratio": ParentBased(ratio),
    }
    if settings.sampler not in samplers:
        message = f"Unknown sampler {settings.sampler!r}: use one of {list(samplers)}."
        raise ConfigError(message)
    return samplers[settings.sampler]
