"""Telemetry that a service has already goes on working, and nothing of it is doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.applied import applied
from support.running import serve

from codemods.facts import python_facts
from codemods.verification.receiver import OtlpReceiver

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.runtime

SERVER = ["uvicorn", "app.main:app", "--port", "{port}"]
LAST_WITHOUT_OWN_SPANS = "fastapi==0.141.0"
NEWEST = "fastapi>=0.165"
PROVIDER = '''
"""The service's own traces."""

import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor


def configure():
    provider = TracerProvider(resource=Resource.create({"service.name": "theirs"}))
    exporter = OTLPSpanExporter(endpoint=os.environ["THEIR_ENDPOINT"] + "/v1/traces")
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider
'''
ROUTES = """

@app.get("/items/{item_id}")
def item(item_id: int):
    return item_id


@app.get("/provider")
def provider():
    from opentelemetry import trace

    return trace.get_tracer_provider().resource.attributes["service.name"]
"""
BEFORE = f"""
from fastapi import FastAPI

from app.telemetry import configure

configure()
app = FastAPI()
{ROUTES}"""
AFTER = f"""
from fastapi import FastAPI

from app.telemetry import configure

app = FastAPI()
configure()
{ROUTES}"""
LIFESPAN = f"""
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.telemetry import configure


@asynccontextmanager
async def lifespan(app):
    provider = configure()
    yield
    provider.shutdown()


app = FastAPI(lifespan=lifespan)
{ROUTES}"""
INSTRUMENTED = f"""
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from app.telemetry import configure

configure()
app = FastAPI()
FastAPIInstrumentor.instrument_app(app)
{ROUTES}"""
SENTRY = f"""
import sentry_sdk
from fastapi import FastAPI

sentry_sdk.init(traces_sample_rate=1.0)
app = FastAPI()
{ROUTES}"""


def train(*distributions: str) -> list[str]:
    """Return OpenTelemetry requirements of the version that the tool adds."""
    facts = python_facts()
    return [
        facts.requirement(f"{name}=={{{'contrib' if 'instrumentation' in name else 'core'}}}")
        for name in distributions
    ]


SDK = train("opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http")


def quiet(output: str) -> bool:
    """Tell whether a service printed neither warnings nor errors."""
    return not any(word in output for word in ("Overriding", "Warning", "WARNING", "ERROR", "Traceback"))


@pytest.mark.parametrize("framework", [LAST_WITHOUT_OWN_SPANS, NEWEST])
@pytest.mark.parametrize(
    "main",
    [
        pytest.param(BEFORE, id="set before the application"),
        pytest.param(AFTER, id="set behind the application"),
        pytest.param(LIFESPAN, id="set in the lifespan"),
    ],
)
def test_spans_leave_once_through_the_provider_of_the_service(
    tmp_path: Path, main: str, framework: str
) -> None:
    files = {"app/__init__.py": "", "app/main.py": main, "app/telemetry.py": PROVIDER}
    service = applied(tmp_path / "shop", files, [framework, "uvicorn", *SDK])
    assert not (service.directory / "app/instrumentation/provider.py").exists()
    with OtlpReceiver() as theirs, OtlpReceiver() as ours:
        variables = {"THEIR_ENDPOINT": theirs.endpoint, "OTEL_EXPORTER_OTLP_ENDPOINT": ours.endpoint}
        with serve(service, SERVER, variables) as running:
            assert running.request("/items/7").status == 200
            assert running.request("/provider").json() == "theirs"
            assert running.request("/ready").status == 200
            assert 'route="/items/{item_id}"' in running.request("/metrics").body
        spans = theirs.spans()
    assert sorted(span.name for span in spans) == ["GET /items/{item_id}", "GET /provider"]
    assert {(span.kind, span.resource["service.name"]) for span in spans} == {("server", "theirs")}
    assert ours.spans() == []
    assert quiet(running.process.output()), running.process.output()


@pytest.mark.parametrize("framework", ["fastapi==0.136.0", NEWEST])
def test_a_service_that_instruments_itself_keeps_its_one_span(tmp_path: Path, framework: str) -> None:
    files = {"app/__init__.py": "", "app/main.py": INSTRUMENTED, "app/telemetry.py": PROVIDER}
    needed = [framework, "uvicorn", *SDK, *train("opentelemetry-instrumentation-fastapi")]
    service = applied(tmp_path / "shop", files, needed)
    assert "tracing left out: the project has it already" in service.warnings
    assert "setup_tracing" not in (service.directory / "app/main.py").read_text(encoding="utf-8")
    with OtlpReceiver() as theirs:
        with serve(service, SERVER, {"THEIR_ENDPOINT": theirs.endpoint}) as running:
            assert running.request("/items/7").status == 200
            assert 'route="/items/{item_id}"' in running.request("/metrics").body
        server = [span.name for span in theirs.spans() if span.kind == "server" and "items" in span.name]
    assert server == ["GET /items/{item_id}"]
    assert quiet(running.process.output()), running.process.output()


@pytest.mark.parametrize("framework", [LAST_WITHOUT_OWN_SPANS, NEWEST])
def test_sentry_and_traces_stand_side_by_side(tmp_path: Path, framework: str) -> None:
    files = {"app/__init__.py": "", "app/main.py": SENTRY}
    service = applied(tmp_path / "shop", files, [framework, "uvicorn", "sentry-sdk[fastapi]>=2,<3"])
    with OtlpReceiver() as receiver:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
        with serve(service, SERVER, variables) as running:
            assert running.request("/items/7").status == 200
        spans = receiver.spans()
    assert [(span.name, span.kind) for span in spans] == [("GET /items/{item_id}", "server")]
    assert quiet(running.process.output()), running.process.output()


PROMETHEUS = f"""
from fastapi import FastAPI
from prometheus_fastapi_instrumentator import Instrumentator

app = FastAPI()
Instrumentator().instrument(app).expose(app)
{ROUTES}"""


def test_metrics_of_another_instrumentator_stay_the_only_ones(tmp_path: Path) -> None:
    files = {"app/__init__.py": "", "app/main.py": PROMETHEUS}
    needed = [NEWEST, "uvicorn", "prometheus-fastapi-instrumentator"]
    service = applied(tmp_path / "shop", files, needed)
    assert "metrics left out: the project has it already" in service.warnings
    with OtlpReceiver() as receiver:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
        with serve(service, SERVER, variables) as running:
            assert running.request("/items/7").status == 200
            assert running.request("/ready").status == 200
            metrics = running.request("/metrics").body
        spans = receiver.spans()
    assert "GET /items/{item_id}" in [span.name for span in spans if span.kind == "server"]
    assert 'handler="/items/{item_id}"' in metrics
    assert metrics.count("# HELP http_request_duration_seconds ") == 1
    assert "http_errors_total" not in metrics
    assert quiet(running.process.output()), running.process.output()


OWN_HEALTH = f"""
from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return "theirs"
{ROUTES}"""


def test_readiness_stands_beside_the_liveness_of_the_service(tmp_path: Path) -> None:
    files = {"app/__init__.py": "", "app/main.py": OWN_HEALTH}
    service = applied(tmp_path / "shop", files, [NEWEST, "uvicorn"])
    assert "/health stays the project's own" in service.warnings
    with serve(service, SERVER, {"OTEL_TRACES_SAMPLER": "always_off"}) as running:
        assert running.request("/health").json() == "theirs"
        assert running.request("/ready").json() == {"status": "ok", "checks": {}}
        assert running.request("/items/7").status == 200
