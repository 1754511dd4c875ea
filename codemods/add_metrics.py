"""Add Prometheus metrics: requests, latency, errors, database queries, cache hits, and the project's own metrics."""

from __future__ import annotations

import re
from typing import Any

from codemods.errors import UsageError
from codemods.operation import Options, Parameter, Result

SKILL = "code-instrumenter"
SUMMARY = "measure requests, latency, errors, queries and business numbers for Prometheus"
PARAMETERS = (
    Parameter("framework", "str", "the framework, when the project has several"),
    Parameter("metrics_endpoint", "str", "path that Prometheus scrapes (default: /metrics)"),
    Parameter("track_requests", "bool", "http_requests_total (default: yes)"),
    Parameter("track_latency", "bool", "http_request_duration_seconds (default: yes)"),
    Parameter("track_errors", "bool", "http_errors_total (default: yes)"),
    Parameter("custom_metrics", "objects", "JSON list of {name, type, description, unit, labels, function}"),
)
_TYPES = ("counter", "gauge", "histogram", "summary")
# https://prometheus.io/docs/concepts/data_model/
_NAME = re.compile(r"^[a-zA-Z_][a-zA-Z0-9_]*$")
_KEYS = {"name", "type", "description", "unit", "labels", "function"}


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Add metrics.

    Returns:
        The contract's keys: ``metrics_endpoint``, ``metrics_added``, ``dependencies_added``,
        ``files_modified``, ``instructions``.
    """
    from codemods.conclude import conclude
    from codemods.inject import Decoration
    from codemods.instrument import prepare, survey

    given = dict(parameters)
    framework = given.pop("framework", "")
    custom = [check_metric(metric) for metric in given.get("custom_metrics", [])]
    if custom:
        given["custom_metrics"] = custom
    decorations = [
        Decoration(metric["function"], metric["type"], "metrics", (f'"{metric["name"]}"',))
        for metric in custom
        if metric.get("function")
    ]
    analysis = survey(project_path, options, framework=framework)
    job = prepare(project_path, ["metrics"], given, options, decorations, analysis)
    endpoint = job.answers.get("metrics_endpoint", "/metrics")
    return conclude(
        job,
        options,
        {
            "metrics_endpoint": endpoint,
            "metrics_added": metric_names(job.answers) if "metrics" in job.features else [],
            "instructions": f"Prometheus scrapes {endpoint} on the service's own port; worker processes are summed.",
        },
    )


def metric_names(answers: dict[str, Any]) -> list[str]:
    """Return the names of the metrics that the generated package exposes under the given answers."""
    from codemods.facts import python_facts

    used = [python_facts().libraries[name] for name in answers.get("libraries", [])]
    switched = {
        "http_requests_total": answers.get("track_requests", True),
        "http_request_duration_seconds": answers.get("track_latency", True),
        "http_errors_total": answers.get("track_errors", True),
        "database_queries_total": any(library.events and library.role == "database" for library in used),
        "cache_hits_total": any(
            library.counts_lookups or (library.events and library.role == "cache") for library in used
        ),
    }
    return [name for name, on in switched.items() if on] + [
        metric["name"] for metric in answers.get("custom_metrics", [])
    ]


def check_metric(metric: dict[str, Any]) -> dict[str, Any]:
    """Check one custom metric.

    Args:
        metric: ``name``, ``type`` and ``description``; optionally ``unit``, ``labels`` and the ``function``
            that it counts or times.

    Returns:
        The metric with all keys present.

    Raises:
        UsageError: A key is unknown or missing, or a value is nothing that Prometheus takes.
    """
    where = f"custom_metrics {metric.get('name', '?')!r}"
    if unknown := sorted(set(metric) - _KEYS):
        raise UsageError(
            f"unknown key {unknown[0]!r}", where=where, hint=f"Keys: {', '.join(sorted(_KEYS))}."
        )
    name, kind, labels = metric.get("name"), metric.get("type", "counter"), metric.get("labels") or []
    if not isinstance(name, str) or not _NAME.match(name):
        raise UsageError(
            "name must be letters, digits and underscores",
            where=where,
            hint="For example orders_created_total.",
        )
    if kind not in _TYPES:
        raise UsageError(f"type must be one of {', '.join(_TYPES)}, not {kind!r}", where=where)
    if not isinstance(labels, list) or not all(
        isinstance(label, str) and _NAME.match(label) for label in labels
    ):
        raise UsageError("labels must be a list of names", where=where)
    text = {key: metric.get(key) or "" for key in ("description", "unit", "function")}
    for key, value in text.items():
        if not isinstance(value, str) or any(ord(mark) < ord(" ") for mark in value):
            raise UsageError(f"{key} must be text on one line", where=where)
    if text["function"] and labels:
        raise UsageError(
            "a metric with labels cannot be attached to a function: nobody but the code knows their values",
            where=where,
            hint="Leave out `function` and call .labels(...) where the values are known.",
        )
    if text["function"] and kind == "gauge":
        raise UsageError(
            "a gauge cannot be attached to a function",
            where=where,
            hint="Leave out `function`; call .set() yourself.",
        )
    return {"name": name, "type": kind, "labels": labels, **text}


def main(argv: list[str] | None = None) -> int:
    """Run from the command line, by itself or under ``bowler run``; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("add_metrics", argv)


if __name__ == "__main__":
    raise SystemExit(main())
