"""Checks on traces: that they arrive, once for each request, named well, from the service they say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from codemods.verification.diagnosis import why_doubled, why_missing, why_probed, why_refused
from codemods.verification.evidence import Check
from codemods.verification.placeholders import plain
from codemods.verification.receiver import CLIENT, SERVER
from codemods.verification.requests import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.verification.evidence import Evidence
    from codemods.verification.receiver import Span
    from codemods.verification.requests import Exchange

ARRIVE = "spans arrive"
ONE = "one server span for each request"
NAMED = "spans are named by the route"
QUIET = "no span for health, readiness and metrics"
SERVICE = "spans carry the service's name"
LIBRARIES = "calls to databases and other services are seen"
_NOT_FOUND = 404
_LISTED = 5


def trace_checks(evidence: Evidence) -> Iterator[Check]:
    """Judge the traces of a run."""
    if not evidence.answers.get("tracing"):
        yield Check(ARRIVE, "skipped", "tracing is not part of this project's instrumentation")
        return
    traced = [exchange for exchange in evidence.routes if evidence.trace(exchange)]
    if not traced:
        reason, advice = why_missing(evidence)
        asked = len(evidence.routes)
        yield Check(ARRIVE, "failed", f"{asked} requests were answered and no span arrived", reason, advice)
        return
    yield Check(ARRIVE, "passed", f"{len(evidence.spans)} spans of {len(traced)} requests")
    yield _one_each(evidence)
    yield _named(evidence)
    yield _probes(evidence)
    yield _service(evidence)
    yield _libraries(evidence)


def route_of(span: Span) -> str:
    """Return the route that a server span names: its attribute or, without one, what follows the method."""
    return str(span.attributes.get("http.route") or span.name.rpartition(" ")[2])


def templates(evidence: Evidence, exchange: Exchange) -> set[str]:
    """Return the templates that a request may belong to; several can match one path."""
    asked = exchange.request
    others = {one.request.route for one in evidence.routes if matches(one.request.route, asked.path)}
    others |= {
        endpoint.path
        for endpoint in evidence.analysis.endpoints
        if endpoint.method == asked.method and matches(endpoint.path, asked.path)
    }
    return {plain(route) for route in {asked.route, *others}}


def _one_each(evidence: Evidence) -> Check:
    counts = {exchange: len(evidence.server_spans(exchange)) for exchange in evidence.routes}
    doubled = [exchange for exchange, count in counts.items() if count > 1]
    missing = [exchange for exchange, count in counts.items() if not count]
    doubled += [exchange for exchange in evidence.unknown if len(evidence.server_spans(exchange)) > 1]
    if doubled:
        spans = evidence.server_spans(doubled[0])
        reason, advice = why_doubled(spans)
        return Check(ONE, "failed", f"{len(spans)} for {_listed(doubled)}", reason, advice)
    if missing:
        reason, advice = why_missing(evidence)
        return Check(ONE, "failed", f"none for {_listed(missing)}", reason, advice)
    return Check(ONE, "passed", f"{len(counts)} requests, {sum(counts.values())} server spans")


def _named(evidence: Evidence) -> Check:
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    for exchange in evidence.routes:
        # A path that only the analysis knows, and that the service does not, says nothing about names.
        if not exchange.request.certain and exchange.status == _NOT_FOUND:
            continue
        for span in evidence.server_spans(exchange):
            allowed = templates(evidence, exchange)
            route = route_of(span)
            if (plain(route) in allowed and route in span.name) or _is_mount(route, exchange):
                seen[span.name] += 1
            else:
                wrong.append(f"{exchange.request} is named {span.name!r}, not after {exchange.request.route}")
    if wrong and (refused := why_refused(evidence)):
        return Check(
            NAMED, "failed", f"no request reached a route of the {len(wrong)} that were sent", *refused
        )
    if wrong:
        return Check(
            NAMED,
            "failed",
            "; ".join(wrong[:_LISTED]),
            "a path instead of a template makes one name for each value, and no route makes one name for everything",
            f"The instrumentation must see the application's routes: set it up {evidence.setup_place}.",
        )
    return Check(NAMED, "passed", ", ".join(sorted(seen)[:_LISTED]) + (" …" if len(seen) > _LISTED else ""))


def _is_mount(route: str, exchange: Exchange) -> bool:
    """Tell whether a span is named after the place where another application is mounted, which is bounded, too."""
    prefix = plain(route)
    return (
        not exchange.request.certain
        and prefix != "/"
        and plain(exchange.request.route).startswith(f"{prefix}/")
    )


def _probes(evidence: Evidence) -> Check:
    traced = [exchange for exchange in evidence.probes if evidence.server_spans(exchange)]
    if not evidence.traces_continued:
        traced = [
            exchange
            for exchange in evidence.probes
            if any(span.kind == SERVER for span in evidence.during(exchange))
        ]
    if traced:
        reason, advice = why_probed(evidence)
        return Check(QUIET, "failed", f"there are spans for {_listed(traced)}", reason, advice)
    inner = [
        exchange for exchange in evidence.probes if evidence.trace(exchange) or evidence.during(exchange)
    ]
    if inner:
        spans = {
            span.name for exchange in inner for span in evidence.during(exchange) or evidence.trace(exchange)
        }
        return Check(
            QUIET,
            "warning",
            f"{_listed(inner)} left spans of its own: {', '.join(sorted(spans)[:_LISTED])}",
            "a check opened a connection outside of any request, or a job ran at that moment",
        )
    return Check(QUIET, "passed", _listed(evidence.probes) if evidence.probes else "there are none")


def _service(evidence: Evidence) -> Check:
    expected = evidence.answers.get("service_name")
    names = Counter(str(span.resource.get("service.name", "")) for span in evidence.spans)
    others = [name or "(none)" for name in names if name != expected]
    if not expected or not others:
        return Check(SERVICE, "passed", ", ".join(names))
    return Check(
        SERVICE,
        "failed",
        f"spans say {', '.join(map(repr, others))}, the configuration says {expected!r}",
        "another tracer provider was set first, or the configuration file was not read",
        "Set one provider only; look at tracing.service_name in config/instrumentation.yaml.",
    )


def _libraries(evidence: Evidence) -> Check:
    inner = [span for exchange in evidence.routes for span in evidence.trace(exchange) if span.kind == CLIENT]
    queries = [span for span in inner if database_of(span)]
    calls = len(inner) - len(queries)
    seen = f"{len(queries)} database and cache calls, {calls} outgoing requests"
    expected = evidence.analysis.database_connections and evidence.answers.get("trace_database", True)
    if expected and not queries:
        return Check(
            LIBRARIES,
            "warning",
            "no database span was seen",
            "the requests may not have reached the database, or its engine was not instrumented",
            "Send a request that certainly queries, for example with --allow-writes.",
        )
    return Check(LIBRARIES, "passed", seen)


def database_of(span: Span) -> str:
    """Return the database system that a span talks to; empty for other spans."""
    return str(span.attributes.get("db.system.name") or span.attributes.get("db.system") or "")


def _listed(exchanges: list[Exchange]) -> str:
    shown = ", ".join(str(exchange.request) for exchange in exchanges[:_LISTED])
    return shown + (f" and {len(exchanges) - _LISTED} more" if len(exchanges) > _LISTED else "")
