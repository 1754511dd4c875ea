"""The rules read a Spring Boot service as they read ours: Prometheus gives Micrometer's series our names.

The text is what Spring Boot's `/actuator/prometheus` answers with percentiles-histogram switched on; a real one is not
started here, so this shows the renaming and not Micrometer.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from support.monitoring import Network, rendered_prometheus, rendered_to
from support.processes import ServerMissingError, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LABELS = 'method="GET",error="none",exception="none",outcome="{outcome}",status="{status}",uri="{uri}"'
ANSWERED = [
    ("200", "SUCCESS", "/tickets/{id}"),
    ("201", "SUCCESS", "/tickets"),
    ("503", "SERVER_ERROR", "/tickets"),
]


class Actuator(BaseHTTPRequestHandler):
    """Answers with counters that grow by one request of each kind."""

    seen = 0

    def do_GET(self) -> None:
        Actuator.seen += 1
        lines = ["# TYPE http_server_requests_seconds histogram"]
        for status, outcome, uri in ANSWERED:
            labels = LABELS.format(outcome=outcome, status=status, uri=uri)
            name = "http_server_requests_seconds"
            lines += [
                f'{name}_bucket{{{labels},le="0.05"}} 0',
                f'{name}_bucket{{{labels},le="0.1"}} {self.seen}',
                f'{name}_bucket{{{labels},le="+Inf"}} {self.seen}',
                f"{name}_count{{{labels}}} {self.seen}",
                f"{name}_sum{{{labels}}} {self.seen * 0.08}",
            ]
        self.send_response(200 if self.path == "/actuator/prometheus" else 404)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write("\n".join([*lines, ""]).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def actuator() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Actuator)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_requests_errors_and_durations_of_a_spring_boot_service_are_recorded(tmp_path: Path) -> None:
    folder = rendered_to(
        tmp_path, {"docker": True, "language": "java", "service_name": "tickets", "port": 8081}
    )
    network = Network()
    with actuator() as address:
        network.addresses["app:8081"] = address
        try:
            with rendered_prometheus(folder, network, ["app"]) as prometheus:
                wait_until(
                    lambda: (
                        prometheus.query("service_route:http_errors:ratio_rate5m")
                        and prometheus.query("service:http_request_duration_seconds:p95_5m > 0")
                    ),
                    what="errors and durations are recorded",
                    seconds=40,
                )
                ratios = prometheus.query("service_route:http_errors:ratio_rate5m")
                slowest = prometheus.query("service:http_request_duration_seconds:p95_5m")
                firing = prometheus.query('ALERTS{alertname=~"Request.*|Service.*"}')
        except ServerMissingError as missing:
            if os.environ.get("RELEASE_QUALITY_REQUIRE_SERVERS"):
                pytest.fail(str(missing), pytrace=False)
            pytest.skip(str(missing))
    by_route = {(sample.labels["service"], sample.labels["route"]): sample.value for sample in ratios}
    assert by_route == {("tickets", "/tickets"): pytest.approx(0.5), ("tickets", "/tickets/{id}"): 0}
    assert 0.05 < slowest[0].value < 0.1
    assert firing == []
