"""The rendered collectors are accepted by a real one, and spans pass through them as their comments say."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.request
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import yaml
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status
from support.monitoring import (
    Network,
    collector_program,
    rendered_collector,
    rendered_jaeger,
    rendered_prometheus,
    rendered_to,
)
from support.processes import ServerMissingError, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.jaeger import Jaeger
    from support.servers import Prometheus

SECOND = 10**9
NOW = time.time_ns()


@pytest.fixture(scope="module")
def stack() -> Iterator[ExitStack]:
    """What is started is stopped at the end of this module."""
    with ExitStack() as opened:
        try:
            collector_program()
        except ServerMissingError as missing:
            if os.environ.get("RELEASE_QUALITY_REQUIRE_SERVERS"):
                pytest.fail(str(missing), pytrace=False)
            pytest.skip(str(missing))
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rendered folder."""
    return rendered_to(tmp_path_factory.mktemp("collector"))


@pytest.fixture(scope="module")
def network() -> Network:
    """Where everything of this module listens."""
    return Network()


@pytest.fixture(scope="module")
def jaeger(stack: ExitStack, folder: Path, network: Network) -> Jaeger:
    """The rendered Jaeger."""
    return stack.enter_context(rendered_jaeger(folder, network))


@pytest.fixture(scope="module")
def prometheus(stack: ExitStack, folder: Path, network: Network, jaeger: Jaeger) -> Prometheus:
    """The rendered Prometheus, scraping Jaeger and the collector."""
    jobs = ["prometheus", "jaeger", "spans", "collector", "collector-spans"]
    stack.enter_context(rendered_collector(folder, network))
    return stack.enter_context(rendered_prometheus(folder, network, jobs))


def send(endpoint: str, service: str, *spans: Span) -> None:
    """Send spans over OTLP/HTTP, as one request."""
    name = KeyValue(key="service.name", value=AnyValue(string_value=service))
    batch = ResourceSpans(resource=Resource(attributes=[name]), scope_spans=[ScopeSpans(spans=spans)])
    request = urllib.request.Request(
        f"http://{endpoint}/v1/traces",
        data=ExportTraceServiceRequest(resource_spans=[batch]).SerializeToString(),
        headers={"Content-Type": "application/x-protobuf"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def span(
    trace: int, number: int = 1, *, name: str = "GET", seconds: float = 0.01, failed: bool = False
) -> Span:
    """Make a client span that ends when this module was loaded: a trace takes from its first begin to its last end."""
    # The sampler reads the lower bytes of a trace id, which are as good as random in real ones.
    return Span(
        trace_id=(trace * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128).to_bytes(16, "big"),
        span_id=number.to_bytes(8, "big"),
        name=name,
        kind=Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=NOW - int(seconds * SECOND),
        end_time_unix_nano=NOW,
        status=Status(code=Status.STATUS_CODE_ERROR if failed else Status.STATUS_CODE_UNSET),
    )


@pytest.mark.parametrize("name", ["collector", "load-balancer"])
def test_the_collector_accepts_the_file_as_it_is(stack: ExitStack, folder: Path, name: str) -> None:
    command = [collector_program(), "validate", "--config", str(folder / "collector" / f"{name}.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_collector_rejects_what_it_does_not_know(stack: ExitStack, folder: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    right = (folder / "collector" / "collector.yml").read_text(encoding="utf-8")
    wrong.write_text(right.replace("decision_wait", "decision_weight"), encoding="utf-8")
    command = [collector_program(), "validate", "--config", str(wrong)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "decision_weight" in done.stderr


def test_failed_and_slow_traces_are_kept_and_the_usual_ones_sampled(
    network: Network, jaeger: Jaeger, prometheus: Prometheus
) -> None:
    endpoint = network.address("collector:4318")
    usual = [span(number) for number in range(1, 201)]
    send(endpoint, "shop", *usual)
    send(endpoint, "shop", span(1001, name="failing", failed=True), span(1002, name="slow", seconds=1.5))
    # Later, so that the counts of spans grow from one scrape to another.
    prometheus.wait_until_scraped(times=3)
    send(endpoint, "shop", *[span(number, 2) for number in range(1, 201)])

    jaeger.wait_for_spans("shop", lambda spans: {"failing", "slow"} <= {found.name for found in spans})
    time.sleep(2)  # whatever else was kept was kept in the same moment
    kept = [found.name for found in jaeger.spans("shop")]
    assert kept.count("failing") == kept.count("slow") == 1
    # 400 spans of 200 traces, of which one in ten is kept: three standard deviations around 20, both spans of each.
    assert 8 <= kept.count("GET") / 2 <= 32
    traces = [trace for trace in jaeger.traces("shop") if trace[0].name == "GET"]
    assert {len(trace) for trace in traces} == {2}

    # All of them are measured, before any is dropped, and not twice.
    (counted,) = prometheus.query('traces_span_metrics_calls_total{job="collector-spans", span_name="GET"}')
    assert counted.value == 400
    sampled = f'traces_span_metrics_calls_total{{job="spans", span_name="GET"}} == {kept.count("GET")}'
    wait_until(lambda: prometheus.query(sampled), what="Jaeger counts what it has")
    (rate,) = prometheus.query('service_span:calls:rate5m{span_name="GET"}')
    by_collector = prometheus.query(
        'sum(rate(traces_span_metrics_calls_total{job="collector-spans", span_name="GET"}[5m]))'
    )
    assert rate.value == pytest.approx(by_collector[0].value, rel=0.2)
    (errors,) = prometheus.query('service_span:calls:rate5m{span_name="failing"}')
    assert errors.labels["service"] == "shop"
    # The alert SpansLost reads what each of both says about itself.
    refused = prometheus.query('{__name__=~"otelcol_receiver_refused_spans(_total)?"}')
    assert {sample.labels["job"] for sample in refused} == {"collector", "jaeger"}


def test_all_spans_of_a_trace_meet_in_one_of_several_collectors(
    stack: ExitStack, folder: Path, network: Network, jaeger: Jaeger
) -> None:
    hosts = ["collector-1", "collector-2"]
    for host in hosts:
        stack.enter_context(rendered_collector(folder, network, host=host))
    # A loopback address has no name that stands for two ports, so the addresses are listed; all else is as rendered.
    file = folder / "collector" / "load-balancer.yml"
    balancer = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert balancer["exporters"]["loadbalancing"]["resolver"]["dns"]["port"] == "4317"
    addresses = [network.address(f"{host}:4317") for host in hosts]
    balancer["exporters"]["loadbalancing"]["resolver"] = {"static": {"hostnames": addresses}}
    file.with_name("listed.yml").write_text(yaml.safe_dump(balancer), encoding="utf-8")
    stack.enter_context(rendered_collector(folder, network, "listed", host="load-balancer"))

    endpoint = network.address("load-balancer:4318")
    for number in range(2001, 2041):
        send(endpoint, "spread", span(number, 1, failed=True))
        send(endpoint, "spread", span(number, 2))

    # Kept because of the other span: only a collector that has both keeps both.
    found = jaeger.wait_for_spans("spread", lambda spans: len(spans) >= 80)
    assert len(found) == 80
    for host in hosts:
        with urllib.request.urlopen(f"http://{network.address(f'{host}:8888')}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        accepted = [line for line in lines if line.startswith("otelcol_receiver_accepted_spans{")]
        assert sum(float(line.rpartition(" ")[2]) for line in accepted) > 10
