"""A real Jaeger 2 for tests: takes OTLP over HTTP, keeps traces in memory, and is asked for them by its query API."""

from __future__ import annotations

import contextlib
import json
import signal
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support.processes import (
    INSTALL_HINT,
    Process,
    ServerMissingError,
    fetch_json,
    free_port,
    temporary_directory,
    tool_directory,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass(frozen=True)
class Span:
    """One span as Jaeger stored it.

    Attributes:
        name: Operation name.
        kind: ``server``, ``client``, ``producer``, ``consumer`` or ``internal``.
        trace_id: Trace, in hexadecimal.
        span_id: Span, in hexadecimal.
        parent_id: Parent span, in hexadecimal; empty for a root.
        links: Trace ids of the spans that it is linked to.
        service: ``service.name`` of the process that sent it.
        resource: Attributes of that process.
        attributes: The span's own attributes.
    """

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    links: tuple[str, ...]
    service: str
    resource: Mapping[str, Any]
    attributes: Mapping[str, Any]


@dataclass
class Jaeger:
    """A running Jaeger.

    Attributes:
        endpoint: Where OTLP over HTTP goes, without the ``/v1/traces`` of the signal.
        query_url: Base of the query API.
    """

    process: Process
    endpoint: str
    query_url: str

    def ready(self) -> bool:
        """Tell whether both sides answer: an empty export is taken, and a query has an answer."""
        empty = urllib.request.Request(  # the protobuf form of "no spans" is no bytes
            f"{self.endpoint}/v1/traces", data=b"", headers={"Content-Type": "application/x-protobuf"}
        )
        with urllib.request.urlopen(empty, timeout=2):
            return "data" in fetch_json(f"{self.query_url}/api/services")

    def traces(self, service: str) -> list[list[Span]]:
        """Return the traces in which ``service`` took part, each as its spans by start time."""
        answer = fetch_json(
            f"{self.query_url}/api/traces", {"service": service, "limit": "1000", "lookback": "1h"}
        )
        return [_spans(trace) for trace in answer["data"] or []]

    def spans(self, service: str) -> list[Span]:
        """Return all spans that ``service`` itself sent."""
        return [span for trace in self.traces(service) for span in trace if span.service == service]

    def wait_for_spans(
        self, service: str, enough: Callable[[list[Span]], object], *, seconds: float = 40.0
    ) -> list[Span]:
        """Wait until the spans of ``service`` are ``enough``, and return them.

        Raises:
            ServerFailedError: They were not in time.
        """
        found: list[Span] = []

        def arrived() -> object:
            found[:] = self.spans(service)
            return enough(found)

        wait_until(
            arrived,
            what=f"the spans of {service} arrive",
            seconds=seconds,
            describe=lambda: f"there are {[(span.kind, span.name) for span in found]}",
        )
        return found


def _spans(trace: Mapping[str, Any]) -> list[Span]:
    spans = []
    for raw in sorted(trace["spans"], key=lambda span: float(span["startTime"])):
        process = trace["processes"][raw["processID"]]
        attributes = _attributes(raw["tags"])
        references = raw.get("references", [])
        parent = next((ref["spanID"] for ref in references if ref["refType"] == "CHILD_OF"), "")
        spans.append(
            Span(
                name=raw["operationName"],
                kind=attributes.get("span.kind", "internal"),
                trace_id=raw["traceID"],
                span_id=raw["spanID"],
                parent_id=parent,
                links=tuple(ref["traceID"] for ref in references if ref["refType"] == "FOLLOWS_FROM"),
                service=process["serviceName"],
                resource=_attributes(process["tags"]),
                attributes=attributes,
            )
        )
    return spans


def _attributes(tags: list[dict[str, Any]]) -> dict[str, Any]:
    return {tag["key"]: tag["value"] for tag in tags}


def _configuration(otlp: str, query: str, query_grpc: str) -> dict[str, Any]:
    """Return an all-in-one configuration with no port but these three."""
    pipeline = {"receivers": ["otlp"], "processors": ["batch"], "exporters": ["jaeger_storage_exporter"]}
    return {
        "service": {
            "extensions": ["jaeger_storage", "jaeger_query"],
            "pipelines": {"traces": pipeline},
            "telemetry": {"metrics": {"level": "none"}},
        },
        "extensions": {
            "jaeger_query": {
                "storage": {"traces": "memory"},
                "http": {"endpoint": query},
                "grpc": {"endpoint": query_grpc},
            },
            "jaeger_storage": {"backends": {"memory": {"memory": {"max_traces": 100_000}}}},
        },
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": otlp}}}},
        "processors": {"batch": {"timeout": "100ms"}},
        "exporters": {"jaeger_storage_exporter": {"trace_storage": "memory"}},
    }


@contextlib.contextmanager
def jaeger() -> Iterator[Jaeger]:
    """Run Jaeger with everything in memory.

    Raises:
        ServerMissingError: The install script has not built it on this machine.
    """
    program = tool_directory() / "jaeger"
    if not program.is_file():
        raise ServerMissingError(f"jaeger is not built: {INSTALL_HINT}")
    with temporary_directory("jaeger") as directory:
        otlp, query, query_grpc = (f"127.0.0.1:{free_port()}" for _ in range(3))
        # JSON is YAML, and needs no library to be written.
        configuration = directory / "config.yaml"
        configuration.write_text(json.dumps(_configuration(otlp, query, query_grpc)), encoding="utf-8")
        process = Process([str(program), "--config", str(configuration)], directory / "server.log", directory)
        running = Jaeger(process, f"http://{otlp}", f"http://{query}")
        try:
            process.start()
            process.wait_ready(running.ready)
            yield running
        finally:
            # Asked politely it waits 10 s for clients that keep a connection; there is nothing of it to save.
            process.stop(signal_number=signal.SIGKILL)
