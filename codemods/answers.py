"""From what the analysis found to the answers that Copier renders with, and to what is better left out."""

from __future__ import annotations

import difflib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from codemods.analysis.requirements import CONTRIB, framework_telemetry
from codemods.errors import UsageError
from codemods.facts import load_framework, python_facts

if TYPE_CHECKING:
    from codemods.analysis.model import Analysis, Application, ExistingInstrumentation

# Telemetry that sets up a provider of its own and instruments the application: a second one would double every span.
_OWNS_TRACING = {
    "otel_instrumentor",
    "otel_distro",
    "logfire",
    "azure_monitor",
    "ddtrace",
    "newrelic",
    "elastic_apm",
    "aws_xray",
    "native_telemetry",
}
_OWNS_METRICS = {"prometheus_middleware", "metrics_route"}
_OWNS_LOGGING = {"structlog", "loguru", "json_logging", "otel_logging"}
# Ports of Jaeger's own protocols, dropped from Jaeger 2: https://www.jaegertracing.io/docs/2.21/getting-started/
_OLD_JAEGER_PORTS = {14268: "Thrift over HTTP", 6831: "the Thrift agent", 14250: "Jaeger's gRPC"}

# Questions of the paths of liveness and readiness; an empty answer leaves the path to the project.
ENDPOINTS = {"health_endpoint": "/health", "readiness_endpoint": "/ready"}

_TYPES: dict[str, tuple[type, ...]] = {"bool": (bool,), "int": (int,), "float": (int, float)}


def derive(analysis: Analysis, application: Application, recorded: dict[str, Any]) -> dict[str, Any]:
    """Answer what the code already answers.

    Args:
        analysis: What was found.
        application: The application that is set up.
        recorded: Answers of an earlier run; they win where a person may have chosen.

    Returns:
        Answers by question name.
    """
    framework = load_framework(application.framework)
    package = analysis.package
    if package is None:
        raise UsageError(
            "no Python package found", where=analysis.project_path, hint="Give the directory of the service."
        )
    libraries = sorted({*analysis.libraries, *recorded.get("libraries", [])} & set(python_facts().libraries))
    fresh = {
        "language": framework.language,
        "instrumentation": True,
        "framework": framework.name,
        "interface": framework.interface,
        "framework_telemetry": framework_telemetry(framework, analysis.framework_version),
        "package_dir": package.directory,
        "package": package.name,
        "libraries": libraries,
        "adopt_provider": any(item.kind == "tracer_provider" for item in analysis.existing_instrumentation),
    }
    return {"service_name": analysis.service_name, "config_dir": _config_dir(analysis), **recorded, **fresh}


def _config_dir(analysis: Analysis) -> str:
    """Return where the settings go: beside the service's manifest, which is what its container is built from."""
    manifest = next((PurePosixPath(item.file) for item in analysis.manifests if item.main), None)
    package = PurePosixPath(analysis.package.directory if analysis.package else ".")
    home = manifest.parent if manifest and package.is_relative_to(manifest.parent) else PurePosixPath()
    return (home / "config").as_posix()


def taken_endpoints(
    analysis: Analysis, answers: dict[str, Any]
) -> dict[str, tuple[str, ExistingInstrumentation]]:
    """Return which paths of the health feature the project answers itself, by question, each with its route."""
    taken: dict[str, tuple[str, ExistingInstrumentation]] = {}
    for question, usual in ENDPOINTS.items():
        path = answers.get(question, usual)
        for item in analysis.existing_instrumentation:
            # A framework that adds a slash, or takes one away, answers the path of a probe either way.
            route = item.detail.split()[-1].rstrip("/")
            if item.kind in {"health_route", "readiness_route"} and route == path.rstrip("/"):
                taken.setdefault(question, (path, item))
    return taken


def left_out(analysis: Analysis, answers: dict[str, Any]) -> dict[str, ExistingInstrumentation]:
    """Return the features that the project has already, each with what answers it."""
    found: dict[str, ExistingInstrumentation] = {}
    for item in analysis.existing_instrumentation:
        owns = (
            (item.feature == "tracing" and item.kind in _OWNS_TRACING)
            or (item.feature == "metrics" and item.kind in _OWNS_METRICS)
            or (item.feature == "logging" and item.kind in _OWNS_LOGGING)
        )
        if owns:
            found.setdefault(item.feature, item)
    taken = taken_endpoints(analysis, answers)
    # An empty path is one that an earlier run left to the project.
    if taken and all(question in taken or answers.get(question) == "" for question in ENDPOINTS):
        found["health"] = next(item for _, item in taken.values())
    return found


def check(given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Check answers that Copier's validators cannot put right.

    Returns:
        The answers, corrected where that is safe, and a warning for each correction.

    Raises:
        UsageError: A value is unusable.
    """
    checked, warnings = dict(given), []
    if "otlp_endpoint" in given:
        checked["otlp_endpoint"], warning = otlp_endpoint(str(given["otlp_endpoint"]))
        warnings += [warning] if warning else []
    if "sampling_rate" in given:
        checked["sampling_rate"] = sampling_rate(given["sampling_rate"])
    return checked, warnings


def check_given(given: dict[str, Any], questions: dict[str, dict[str, Any]]) -> None:
    """Check given answers against the names, types and choices of the questions, which Copier takes loosely.

    Raises:
        UsageError: An answer is to no question, of another type, or none of the choices.
    """
    unknown = [name for name in given if name not in questions]
    if unknown:
        near = difflib.get_close_matches(unknown[0], questions, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Answers: {', '.join(sorted(questions))}."
        raise UsageError(f"unknown answer {unknown[0]!r}", hint=hint)
    for name, value in given.items():
        question = questions.get(name, {})
        kind, choices = question.get("type", "str"), question.get("choices")
        if kind in _TYPES and not isinstance(value, _TYPES[kind]):
            raise UsageError(f"cannot be {value!r}", where=name, hint=f"It is of type {kind}.")
        if isinstance(choices, list) and value not in choices:
            raise UsageError(f"cannot be {value!r}", where=name, hint=f"Choices: {', '.join(choices)}.")


def otlp_endpoint(value: str) -> tuple[str, str]:
    """Check an OTLP/HTTP endpoint.

    Returns:
        The endpoint, and a warning when it had to be replaced because it names a port of Jaeger's retired protocols.

    Raises:
        UsageError: It is not an http(s) URL with a host.
    """
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or any(mark in value for mark in "\"'{}\n\r\\ ")
    ):
        raise UsageError(
            f"is not an http(s) URL: {value!r}",
            where="otlp_endpoint",
            hint="For example http://localhost:4318.",
        )
    if port in _OLD_JAEGER_PORTS:
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        replaced = f"{parts.scheme}://{host}:4318"
        return replaced, (
            f"otlp_endpoint: port {port} spoke {_OLD_JAEGER_PORTS[port]}, which Jaeger 2 no longer has; "
            f"{replaced} (OTLP over HTTP) is used instead."
        )
    return value, ""


def sampling_rate(value: object) -> float:
    """Check a sampling rate: the share of traces that is kept, from 0 to 1.

    Raises:
        UsageError: It is outside.
    """
    try:
        rate = float(str(value))
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise UsageError(
            f"must be a number from 0 to 1, not {value}",
            where="sampling_rate",
            hint="0.1 keeps one trace in ten.",
        )
    return rate


def requirements(answers: dict[str, Any], features: list[str]) -> list[str]:
    """Return the packages that the rendered code needs at run time, from the one solved version train."""
    if "tracing" not in features:
        return python_facts().requirements(features)
    contrib = [load_framework(answers["framework"])] if answers["framework_telemetry"] == CONTRIB else []
    return python_facts().requirements(features, traced_libraries(answers), *contrib)


def traced_libraries(answers: dict[str, Any]) -> list[str]:
    """Return the detected libraries whose calls become spans under the given answers."""
    if not answers.get("auto_instrument", True):
        return []
    switches = {"database": "trace_database", "cache": "trace_redis", "http": "trace_http"}
    libraries = python_facts().libraries
    return [
        name
        for name in answers["libraries"]
        if answers.get(switches.get(libraries[name].role, ""), True)
        and (libraries[name].instrumentor or libraries[name].events)
    ]
