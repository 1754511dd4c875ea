"""The receiver is tested over its real socket, with messages made by the official protobuf classes."""

from __future__ import annotations

import gzip
import importlib.util
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from codemods.errors import UsageError
from codemods.verification.receiver import Behaviour, OtlpReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator


def attribute(key: str, **value: Any) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(**value))


def message(*names: str) -> bytes:
    spans = [
        Span(
            name=name,
            kind=Span.SPAN_KIND_SERVER,
            trace_id=b"\x01" * 16,
            span_id=b"\x02" * 8,
            parent_span_id=b"\x03" * 8,
            start_time_unix_nano=1_000_000,
            end_time_unix_nano=3_500_000,
            attributes=[
                attribute("http.route", string_value="/orders"),
                attribute("http.response.status_code", int_value=200),
                attribute("tags", array_value=ArrayValue(values=[AnyValue(bool_value=True), AnyValue()])),
            ],
            status=Status(code=Status.STATUS_CODE_ERROR),
        )
        for name in names
    ]
    scope = ScopeSpans(scope=InstrumentationScope(name="fastapi"), spans=spans)
    resource = Resource(attributes=[attribute("service.name", string_value="orders")])
    request = ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(resource=resource, scope_spans=[scope])]
    )
    return bytes(request.SerializeToString())


def post(
    receiver: OtlpReceiver,
    body: bytes,
    path: str = "/v1/traces",
    headers: dict[str, str] | None = None,
    timeout: float = 5.0,
) -> int:
    request = urllib.request.Request(receiver.endpoint + path, body, headers or {}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    with OtlpReceiver() as running:
        yield running


def test_nothing_arrives_when_nothing_was_sent(receiver: OtlpReceiver) -> None:
    assert receiver.spans() == []
    assert not receiver.wait_for(1, timeout=0.01)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/v1/metrics", 200, id="metrics are taken and dropped"),
        pytest.param("/v1/logs", 200, id="logs are taken and dropped"),
        pytest.param("/v1/other", 404, id="an unknown signal is not found"),
    ],
)
def test_other_signals_leave_no_span(receiver: OtlpReceiver, path: str, status: int) -> None:
    assert post(receiver, b"anything", path) == status
    assert receiver.spans() == []


def test_a_body_that_is_no_trace_message_is_a_bad_request(receiver: OtlpReceiver) -> None:
    assert post(receiver, b"\xff\xff\xff") == 400
    assert receiver.spans() == []


def test_a_body_that_only_claims_to_be_compressed_is_a_bad_request(receiver: OtlpReceiver) -> None:
    assert post(receiver, b"plain", headers={"Content-Encoding": "gzip"}) == 400


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_span_keeps_everything_it_was_sent_with(receiver: OtlpReceiver, encoding: str) -> None:
    body = message("GET /orders")
    sent = gzip.compress(body) if encoding == "gzip" else body
    assert post(receiver, sent, headers={"Content-Encoding": encoding}) == 200
    (span,) = receiver.spans()
    assert (span.name, span.kind, span.status, span.scope) == ("GET /orders", "server", "error", "fastapi")
    assert (span.trace_id, span.span_id, span.parent_id) == ("01" * 16, "02" * 8, "03" * 8)
    assert span.milliseconds == 2.5
    assert span.attributes == {
        "http.route": "/orders",
        "http.response.status_code": 200,
        "tags": [True, None],
    }
    assert span.resource == {"service.name": "orders"}


def test_waiting_ends_as_soon_as_enough_has_arrived(receiver: OtlpReceiver) -> None:
    threading.Timer(0.05, post, (receiver, message("a", "b"))).start()
    before = time.monotonic()
    assert receiver.wait_for(2, timeout=10)
    assert time.monotonic() - before < 5


def test_waiting_can_be_for_a_certain_span(receiver: OtlpReceiver) -> None:
    post(receiver, message("a"))
    assert receiver.wait_for(lambda spans: any(span.name == "a" for span in spans), timeout=0)
    assert not receiver.wait_for(lambda spans: any(span.name == "b" for span in spans), timeout=0.01)


def test_settling_ends_when_it_is_quiet(receiver: OtlpReceiver) -> None:
    before = time.monotonic()
    receiver.settle(0.05, timeout=10)
    assert time.monotonic() - before < 5


def test_what_has_been_cleared_is_gone(receiver: OtlpReceiver) -> None:
    post(receiver, message("a"))
    receiver.clear()
    assert receiver.spans() == []


def test_a_broken_collector_answers_with_its_error_and_keeps_nothing() -> None:
    with OtlpReceiver(Behaviour(status=503)) as receiver:
        assert post(receiver, message("a")) == 503
        assert receiver.spans() == []
        assert receiver.requests == ["/v1/traces"]


def test_a_slow_collector_answers_late() -> None:
    with OtlpReceiver(Behaviour(delay=0.2)) as receiver:
        before = time.monotonic()
        assert post(receiver, message("a")) == 200
        assert time.monotonic() - before >= 0.2


def test_a_hanging_collector_never_answers_and_can_still_be_closed() -> None:
    before = time.monotonic()
    with OtlpReceiver(Behaviour(hang=True)) as receiver, pytest.raises(TimeoutError):
        post(receiver, message("a"), timeout=0.2)
    assert time.monotonic() - before < 5


@pytest.mark.parametrize("package", ["opentelemetry.proto", "prometheus_client"])
def test_a_package_that_is_not_installed_is_named_with_the_way_to_get_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == package else found(name))
    with pytest.raises(UsageError, match=rf"{package}(.|\n)*copier-release-quality\[verify\]"):
        OtlpReceiver()


def test_the_endpoint_is_known_only_while_it_listens() -> None:
    with pytest.raises(RuntimeError, match="inside its `with` block"):
        _ = OtlpReceiver().endpoint
