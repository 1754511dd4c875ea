"""Checks on what the service itself shows: metrics, health, readiness, logs, and a quiet output."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from codemods.readiness import listed_checks
from codemods.verification.diagnosis import why_absent, why_refused
from codemods.verification.evidence import Check
from codemods.verification.placeholders import has_placeholders, plain
from codemods.verification.requests import HEALTH, READINESS
from codemods.verification.trace_checks import route_of, templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from codemods.verification.evidence import Evidence
    from codemods.verification.requests import Exchange

PARSES = "the metrics page parses"
COUNTED = "requests are counted by route"
BOUNDED = "labels are bounded"
ALIVE = "health answers 200"
READY = "readiness answers"
LOGGED = "log lines carry the trace"
CALM = "the service starts and exports quietly"
ANSWERED = "requests are answered"
COUNTER = "http_requests_total"
_OK, _UNAVAILABLE, _SERVER_ERROR = 200, 503, 500
_TRACE_KEYS = ("trace_id", "traceId", "otelTraceID", "trace.id")
_COMPLAINTS = (
    ("Overriding of current TracerProvider", "two tracer providers are set; the second is ignored"),
    ("handled its first message already", "a set-up call runs when the application serves already"),
    ("handled its first request already", "a set-up call runs when the application serves already"),
    (
        "Cannot add middleware after an application has started",
        "a set-up call runs when the application serves already",
    ),
    ("Attempting to instrument while already instrumented", "a library is instrumented twice"),
    ("Failed to export", "the exporter could not deliver"),
    ("Exception while exporting", "the exporter raised"),
)
_BROKEN_CHECK = re.compile(r"ImportError|ModuleNotFoundError|AttributeError|NameError|TypeError")


def endpoint_checks(evidence: Evidence) -> Iterator[Check]:
    """Judge what the service answered and printed."""
    yield _answered(evidence)
    if evidence.answers.get("metrics"):
        yield from _metrics(evidence)
    if evidence.answers.get("health"):
        # An empty path is one that the project answers itself.
        if evidence.answers.get("health_endpoint") != "":
            yield _alive(evidence)
        if evidence.answers.get("readiness_endpoint") != "":
            yield _ready(evidence)
    if evidence.answers.get("logging"):
        yield _logged(evidence)
    yield _calm(evidence)


def parse_metrics(text: str, media_type: str = "") -> list[Any]:
    """Parse a metrics page.

    Returns:
        Its samples, each with ``name``, ``labels`` and ``value``.

    Raises:
        ValueError: It is not in Prometheus' or OpenMetrics' text format.
    """
    if "openmetrics" in media_type:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families as families
    else:
        from prometheus_client.parser import text_string_to_metric_families as families
    return [sample for family in families(text) for sample in family.samples]  # type: ignore[no-untyped-call]


def failing_checks(body: str) -> list[str]:
    """Return the names of the checks that a readiness answer calls failed, whatever its exact shape."""
    try:
        answer = json.loads(body)
    except ValueError:
        return []
    checks = answer.get("checks", answer) if isinstance(answer, dict) else {}
    if isinstance(checks, list):
        checks = {str(item.get("name")): item for item in checks if isinstance(item, dict)}
    return [name for name, value in checks.items() if _is_failure(value)] if isinstance(checks, dict) else []


def _is_failure(value: object) -> bool:
    if isinstance(value, dict):
        value = value.get("status", value.get("ok", value.get("healthy")))
    return value is False or str(value).lower() in {
        "fail",
        "failed",
        "failing",
        "error",
        "down",
        "unhealthy",
        "timeout",
    }


def _answered(evidence: Evidence) -> Check:
    silent = [one for one in evidence.exchanges if not one.status]
    broken = [one for one in evidence.routes if one.status >= _SERVER_ERROR]
    if silent:
        shown = "; ".join(f"{one.request}: {one.error}" for one in silent[:3])
        return Check(ANSWERED, "warning", f"{len(silent)} got no answer ({shown})")
    if broken:
        shown = ", ".join(f"{one.request} {one.status}" for one in broken[:5])
        return Check(
            ANSWERED,
            "warning",
            f"the service itself failed on {shown}",
            "often a dependency that is not running here; compare with the service before it was instrumented",
        )
    return Check(
        ANSWERED,
        "passed",
        f"{len(evidence.exchanges)} requests, {len(evidence.routes)} of them to its routes",
    )


def _metrics(evidence: Evidence) -> Iterator[Check]:
    path = evidence.answers.get("metrics_endpoint") or "/metrics"
    if not evidence.metrics_after:
        yield Check(
            PARSES,
            "failed",
            f"{path} does not answer with a metrics page",
            *why_absent(evidence, "setup_metrics"),
        )
        return
    try:
        before = _totals(parse_metrics(evidence.metrics_before, evidence.metrics_type))
        samples = parse_metrics(evidence.metrics_after, evidence.metrics_type)
    except ValueError as error:
        yield Check(PARSES, "failed", f"{path} is not in Prometheus' format: {error}")
        return
    names = {sample.name for sample in samples}
    yield Check(PARSES, "passed", f"{path}: {len(samples)} samples of {len(names)} names")
    if not evidence.answers.get("track_requests", True):
        return
    after = _totals(samples)
    yield _counted(evidence, {labels: value - before.get(labels, 0) for labels, value in after.items()})
    yield _bounded(evidence, after)


Labels = frozenset[tuple[str, str]]


def _totals(samples: Iterable[Any]) -> dict[Labels, float]:
    return {frozenset(sample.labels.items()): sample.value for sample in samples if sample.name == COUNTER}


def _counted(evidence: Evidence, grown: Mapping[Labels, float]) -> Check:
    wrong: list[str] = []
    groups: dict[frozenset[str], list[Exchange]] = {}
    for exchange in evidence.routes:
        if exchange.request.certain:
            groups.setdefault(_routes_of(evidence, exchange), []).append(exchange)
    for routes, exchanges in groups.items():
        counted = sum(
            value
            for labels, value in grown.items()
            if any(plain(text) in routes for _, text in labels if text[:1] == "/")
        )
        if counted != len(exchanges):
            wrong.append(f"{exchanges[0].request.route}: {len(exchanges)} sent, {counted:g} counted")
    if wrong and (refused := why_refused(evidence)):
        return Check(COUNTED, "failed", f"{len(wrong)} routes were asked for and not reached", *refused)
    if wrong:
        return Check(
            COUNTED,
            "failed",
            "; ".join(wrong[:5]),
            "the label is not the whole route template (a router's prefix may be lost), or the middleware runs twice",
            f"Call `{evidence.setup_call('setup_metrics')}` once, {evidence.setup_place}.",
        )
    return Check(COUNTED, "passed", f"{COUNTER} grew by {sum(grown.values()):g} over {len(groups)} routes")


def _routes_of(evidence: Evidence, exchange: Exchange) -> frozenset[str]:
    """Return the template of a request: the one its span names when that is possible, else all that match."""
    possible = templates(evidence, exchange)
    named = {plain(route_of(span)) for span in evidence.server_spans(exchange)} & possible
    return frozenset(named or possible)


def _bounded(evidence: Evidence, totals: Mapping[Labels, float]) -> Check:
    values = {text for labels in totals for _, text in labels}
    unknown = {one.request.path for one in evidence.unknown} & values
    filled = {one.request.path for one in evidence.routes if has_placeholders(one.request.route)} & values
    if unknown or filled:
        return Check(
            BOUNDED,
            "failed",
            f"labels hold paths as they were asked for: {', '.join(sorted(unknown | filled)[:5])}",
            "each new path makes a new time series, without end",
            "Label by the route template, and by one fixed word where there is none.",
        )
    return Check(
        BOUNDED, "passed", f"{len(totals)} series; a path that does not exist adds no label of its own"
    )


def _alive(evidence: Evidence) -> Check:
    path = evidence.answers.get("health_endpoint") or "/health"
    answer = next(iter(evidence.of(HEALTH)), None)
    if answer is not None and answer.status == _OK:
        return Check(ALIVE, "passed", f"{path} in {(answer.end - answer.start) / 1e6:.1f} ms")
    return Check(
        ALIVE,
        "failed",
        f"{path} answers {answer.status}" if answer else f"{path} does not answer",
        *why_absent(evidence, "setup_health"),
    )


def _ready(evidence: Evidence) -> Check:
    path = evidence.answers.get("readiness_endpoint") or "/ready"
    answer = next(iter(evidence.of(READINESS)), None)
    if answer is not None and answer.status == _OK:
        return Check(READY, "passed", f"{path} 200")
    if answer is None or answer.status != _UNAVAILABLE:
        return Check(
            READY,
            "failed",
            f"{path} answers {answer.status}" if answer else f"{path} does not answer",
            *why_absent(evidence, "setup_health"),
        )
    failing = failing_checks(answer.body)
    known = listed_checks(evidence.analysis, database=True, cache=True) | {
        str(check.get("name")): str(check.get("type"))
        for check in evidence.answers.get("readiness_checks") or ()
    }
    listed = (
        ", ".join(f"{name} ({known[name]})" if name in known else name for name in failing)
        or "an unnamed check"
    )
    broken = next((line for line in _lines_about(evidence.output, failing) if _BROKEN_CHECK.search(line)), "")
    if failing and set(failing) <= set(known) and not broken:
        return Check(
            READY,
            "warning",
            f"{path} 503: {listed}",
            "what it checks is not running here, and readiness says so, as it should",
            "Start it and verify again to see readiness answer 200.",
        )
    return Check(
        READY,
        "failed",
        f"{path} 503: {listed}",
        f"the check itself is broken: {broken[:200]}"
        if broken
        else "the check fails for another reason than its target",
        "Look at readiness_checks in the answers: each target must be a module and an object in it.",
    )


def _lines_about(output: str, names: list[str]) -> list[str]:
    return [line for line in output.splitlines() if any(name in line for name in names)]


def _logged(evidence: Evidence) -> Check:
    documents = list(_json_lines(evidence.output))
    if not documents:
        return Check(
            LOGGED,
            "failed",
            "no line of the output is JSON",
            "setup_logging is not called, or the server set up its own logging afterwards",
            f"Call `setup_logging()` {evidence.setup_place}.",
        )
    wanted = {span.trace_id for exchange in evidence.routes for span in evidence.trace(exchange)}
    carried = [line for line in documents if any(line.get(key) in wanted for key in _TRACE_KEYS)]
    if carried:
        return Check(
            LOGGED, "passed", f"{len(carried)} of {len(documents)} JSON lines name the trace of a request"
        )
    if not wanted:
        return Check(LOGGED, "passed", f"{len(documents)} JSON lines; there are no traces to name")
    return Check(
        LOGGED,
        "warning",
        f"{len(documents)} JSON lines, none with the trace of a request",
        "the requests may have logged nothing, or the lines are written outside of the request",
    )


def _json_lines(output: str) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        if line.startswith("{"):
            try:
                document = json.loads(line)
            except ValueError:
                continue
            if isinstance(document, dict):
                yield document


def _calm(evidence: Evidence) -> Check:
    said = [(words, meaning) for words, meaning in _COMPLAINTS if words in evidence.output]
    if said:
        words, meaning = said[0]
        line = next(line for line in evidence.output.splitlines() if words in line)
        return Check(
            CALM,
            "failed",
            f"it printed: {line.strip()[:200]}",
            meaning,
            f"Set up once, {evidence.setup_place}.",
        )
    if "Traceback (most recent call last)" in evidence.output:
        return Check(
            CALM, "warning", "it printed a traceback", "often a request that failed in the service's own code"
        )
    return Check(CALM, "passed", "no warning of the instrumentation")
