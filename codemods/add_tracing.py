"""Add OpenTelemetry tracing: a generated module, one call behind the application, spans on chosen functions."""

from __future__ import annotations

from typing import Any

from codemods.operation import Options, Parameter, Result

SKILL = "code-instrumenter"
SUMMARY = "trace requests, database queries and outgoing calls with OpenTelemetry"
PARAMETERS = (
    Parameter("service_name", "str", "service.name of every span (default: the project's name)"),
    Parameter(
        "otlp_endpoint",
        "str",
        "where traces go, OTLP over HTTP (default: http://localhost:4318)",
        ("jaeger_endpoint",),
    ),
    Parameter("sampling_rate", "float", "share of traces that is kept, 0 to 1 (default: 1.0)"),
    Parameter("auto_instrument", "bool", "trace the libraries that were found (default: yes)"),
    Parameter(
        "manual_spans",
        "list",
        "functions that get a span of their own: name, Class.name or package.module:Class.name",
    ),
    Parameter("trace_database", "bool", "trace database queries (default: yes)"),
    Parameter("trace_http", "bool", "trace outgoing HTTP calls (default: yes)"),
    Parameter("trace_redis", "bool", "trace Redis commands (default: yes)"),
)


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Add tracing.

    Returns:
        The contract's keys: ``files_modified``, ``files_created``, ``dependencies_added``, ``instrumentation_points``,
        ``auto_instrumented``, ``manual_spans_added``, ``config_file``, ``instructions``.
    """
    from codemods.conclude import conclude, instrumented
    from codemods.inject import Decoration
    from codemods.instrument import prepare

    given = dict(parameters)
    spans = given.pop("manual_spans", [])
    decorations = [Decoration(name, "manual_spans", "tracing") for name in spans]
    job = prepare(project_path, ["tracing"], given, options, decorations)
    added = job.decorated.get("manual_spans", [])
    titles = instrumented(job) if "tracing" in job.features else []
    return conclude(
        job,
        options,
        {
            "instrumentation_points": (job.application.endpoints if titles else 0) + len(titles) + len(added),
            "auto_instrumented": titles,
            "manual_spans_added": added,
            "config_file": job.config_file,
            "instructions": (
                "Install the added packages, start an OTLP receiver (`docker run --rm -p 16686:16686 -p 4318:4318 "
                "jaegertracing/jaeger:2.21.0`) and restart the service; "
                f"`release-quality verify {project_path}` proves that spans arrive."
            ),
        },
    )


def main(argv: list[str] | None = None) -> int:
    """Run from the command line, by itself or under ``bowler run``; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("add_tracing", argv)


if __name__ == "__main__":
    raise SystemExit(main())
