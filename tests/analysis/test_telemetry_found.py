"""Telemetry that a project has already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codemods.analysis import analyze

if TYPE_CHECKING:
    from support.trees import Write


APP = "from fastapi import FastAPI\napp = FastAPI()\n"

NONE = {
    "only the API": "from opentelemetry import trace\ntracer = trace.get_tracer(__name__)\n",
    "in a docstring": '"""sentry_sdk.init()"""\nimport sentry_sdk\n',
    "a business route that ends like ours": "@app.get('/servers/metrics')\ndef m(): ...\n\n@app.get('/patients/{id}/health')\ndef h(): ...\n",
    "a package of the same name as ours": "from app.instrumentation import piano\n",
}


@pytest.mark.parametrize("source", NONE.values(), ids=NONE.keys())
def test_what_is_no_telemetry_is_none(project: Write, source: Any) -> None:
    assert analyze(project({"main.py": APP + source})).existing_instrumentation == []


# source -> (kind, feature, detail)
EXISTING = {
    "own provider": (
        "from opentelemetry import trace\nfrom shop import provider\ntrace.set_tracer_provider(provider)\n",
        ("tracer_provider", "tracing", "opentelemetry.trace.set_tracer_provider"),
    ),
    "instrumentor": (
        "from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor as F\nF.instrument_app(app)\n",
        (
            "otel_instrumentor",
            "tracing",
            "opentelemetry.instrumentation.fastapi.FastAPIInstrumentor.instrument_app",
        ),
    ),
    "Flask instrumentor": (
        "from opentelemetry.instrumentation.flask import FlaskInstrumentor\nFlaskInstrumentor().instrument_app(app)\n",
        ("otel_instrumentor", "tracing", "opentelemetry.instrumentation.flask.FlaskInstrumentor"),
    ),
    "WSGI middleware of OpenTelemetry": (
        "from opentelemetry.instrumentation.wsgi import OpenTelemetryMiddleware\napp.wsgi_app = OpenTelemetryMiddleware(app.wsgi_app)\n",
        ("otel_instrumentor", "tracing", "opentelemetry.instrumentation.wsgi.OpenTelemetryMiddleware"),
    ),
    "prometheus-flask-exporter in several processes": (
        "from prometheus_flask_exporter.multiprocess import GunicornPrometheusMetrics\nmetrics = GunicornPrometheusMetrics(app)\n",
        (
            "prometheus_middleware",
            "metrics",
            "prometheus_flask_exporter.multiprocess.GunicornPrometheusMetrics",
        ),
    ),
    "a mounted WSGI application of metrics": (
        "from prometheus_client import make_wsgi_app\nmounts = {'/metrics': make_wsgi_app()}\n",
        ("prometheus_middleware", "metrics", "prometheus_client.make_wsgi_app"),
    ),
    "Elastic APM": (
        "from elasticapm.contrib.flask import ElasticAPM\napm = ElasticAPM(app)\n",
        ("elastic_apm", "tracing", "elasticapm.contrib.flask.ElasticAPM"),
    ),
    "sentry": ("import sentry_sdk\nsentry_sdk.init(dsn='x')\n", ("sentry", "tracing", "sentry_sdk.init")),
    "ddtrace": ("import ddtrace.auto\n", ("ddtrace", "tracing", "ddtrace.auto")),
    "logfire": ("import logfire\nlogfire.configure()\n", ("logfire", "tracing", "logfire.configure")),
    "prometheus instrumentator": (
        "from prometheus_fastapi_instrumentator import Instrumentator\nInstrumentator().instrument(app).expose(app)\n",
        ("prometheus_middleware", "metrics", "prometheus_fastapi_instrumentator.Instrumentator"),
    ),
    "prometheus middleware by name": (
        "from starlette_exporter import PrometheusMiddleware\napp.add_middleware(PrometheusMiddleware)\n",
        ("prometheus_middleware", "metrics", "starlette_exporter.PrometheusMiddleware"),
    ),
    "metrics route": ("@app.get('/metrics')\ndef m(): ...\n", ("metrics_route", "metrics", "/metrics")),
    "health route": ("@app.get('/healthz')\ndef h(): ...\n", ("health_route", "health", "/healthz")),
    "health route below the API": (
        "from fastapi import APIRouter\nr = APIRouter(prefix='/utils')\n\n@r.get('/health-check/')\ndef h(): ...\n\napp.include_router(r, prefix='/api/v1')\n",
        ("health_route", "health", "/api/v1/utils/health-check/"),
    ),
    "readiness route": ("@app.get('/readyz')\ndef h(): ...\n", ("readiness_route", "health", "/readyz")),
    "structlog": (
        "import structlog\nstructlog.configure()\n",
        ("structlog", "logging", "structlog.configure"),
    ),
    "log lines with the ids of the trace": (
        "from opentelemetry.instrumentation.logging import LoggingInstrumentor\nLoggingInstrumentor().instrument(set_logging_format=True)\n",
        ("otel_logging", "logging", "opentelemetry.instrumentation.logging.LoggingInstrumentor"),
    ),
    "loguru": ("from loguru import logger\n", ("loguru", "logging", "loguru")),
}


@pytest.mark.parametrize(("source", "expected"), EXISTING.values(), ids=EXISTING.keys())
def test_existing_telemetry(project: Write, source: Any, expected: Any) -> None:
    found = analyze(project({"main.py": APP + source})).existing_instrumentation
    assert [(item.kind, item.feature, item.detail) for item in found] == [expected]
    assert found[0].file == "main.py"
    assert found[0].line > 0


def test_native_telemetry_by_the_constructor(project: Write) -> None:
    found = analyze(
        project({"main.py": "from fastapi import FastAPI\napp = FastAPI(telemetry={})\n"})
    ).existing_instrumentation
    assert [(item.kind, item.feature, item.line) for item in found] == [("native_telemetry", "tracing", 2)]


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("ddtrace-run uvicorn main:app", "ddtrace"),
        ("opentelemetry-instrument uvicorn main:app", "otel_distro"),
        ("newrelic-admin run-program uvicorn main:app", "newrelic"),
    ],
)
def test_telemetry_by_the_launch_command(project: Write, command: Any, kind: Any) -> None:
    found = analyze(project({"main.py": APP, "Procfile": f"web: {command}\n"})).existing_instrumentation
    assert [(item.kind, item.file) for item in found] == [(kind, "Procfile")]


def test_what_this_tool_rendered_is_ours_and_nothing_else(project: Write) -> None:
    root = project(
        {
            ".copier-answers.release-quality.yml": "_src_path: x\n",
            "app/__init__.py": "",
            "app/main.py": "from fastapi import FastAPI\nfrom .instrumentation.tracing import setup_tracing\napp = FastAPI()\nsetup_tracing(app)\n",
            "app/instrumentation/__init__.py": "",
            "app/instrumentation/tracing.py": "from opentelemetry import trace\nfrom opentelemetry.sdk.trace import TracerProvider\n\ndef setup_tracing(app):\n    trace.set_tracer_provider(TracerProvider())\n",
        }
    )
    found = analyze(root).existing_instrumentation
    assert [(item.kind, item.feature, item.file, item.line, item.detail) for item in found] == [
        ("ours", "tracing", "app/main.py", 2, "setup_tracing")
    ]


def test_telemetry_of_the_tests_does_not_count(project: Write) -> None:
    root = project({"main.py": APP, "tests/conftest.py": "import sentry_sdk\nsentry_sdk.init()\n"})
    assert analyze(root).existing_instrumentation == []


def test_a_flask_route_and_a_health_extension_are_found(project: Write) -> None:
    source = (
        "from flask import Flask\nfrom healthcheck import HealthCheck\n\napp = Flask(__name__)\n"
        "health = HealthCheck(app)\n\n@app.route('/ready')\ndef ready(): ...\n"
    )
    found = analyze(project({"main.py": source})).existing_instrumentation
    assert [(item.kind, item.detail) for item in found] == [
        ("health_route", "/healthcheck"),
        ("readiness_route", "/ready"),
    ]
