"""From what went wrong to why, probably, and what to do: the sentences that a failed check ends with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.verification.placement import placements

if TYPE_CHECKING:
    from codemods.verification.evidence import Evidence
    from codemods.verification.placement import Placed
    from codemods.verification.receiver import Span

SETUP = "setup_tracing"
# What the generated modules say, and what Starlette says to a middleware that comes late.
_TOO_LATE = re.compile(
    r"handled its first (?:message|request) already|Cannot add middleware after an application has started"
)
_REFUSED_HOST = re.compile(r"Invalid HTTP_HOST header: '([^':]+)")
_BAD_REQUEST = 400
_REDIRECTS = {301, 302, 307, 308}
_OVERRIDDEN = "Overriding of current TracerProvider"
_EXPORT = re.compile(r"(?:Failed to export|Transient error .* exporting|Exception while exporting)[^\n]*")


def why_missing(evidence: Evidence) -> tuple[str, str]:
    """Explain why spans of requests do not arrive."""
    move = f"Move `{_call(evidence)}` {evidence.setup_place}."
    if _TOO_LATE.search(evidence.output):
        return f"{SETUP} ran after the application had started to serve", move
    if _OVERRIDDEN in evidence.output:
        return (
            "the application sets another tracer provider",
            "Keep one provider, and let the other exporter join it.",
        )
    if found := _EXPORT.search(evidence.output):
        return (
            f"the exporter could not deliver ({found[0][:160]})",
            "Look at OTEL_EXPORTER_OTLP_* and proxies.",
        )
    placed = _setup(evidence)
    if placed is None:
        return (
            f"nothing in the application's file calls {SETUP}",
            f"Add `{_call(evidence)}` {evidence.setup_place}, or apply the instrumentation again.",
        )
    if placed.late:
        late = "when the application has started to serve"
        return f"{SETUP} is called in {placed.scope} ({placed.file}:{placed.line}), {late}", move
    return (
        f"{SETUP} probably runs after the application has started to serve, or on another application object",
        move,
    )


def why_refused(evidence: Evidence) -> tuple[str, str] | None:
    """Explain why no request reaches a route; None where one does, or nothing tells.

    Settings for production answer 400 to a host that they do not name, and redirect what is not HTTPS
    (https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts).
    """
    statuses = {exchange.status for exchange in evidence.routes}
    if statuses == {_BAD_REQUEST} and (found := _REFUSED_HOST.search(evidence.output)):
        return (
            f"every request is answered 400, because the service does not answer to the host {found[1]}",
            "Name one that it answers to: --headers 'Host: shop.example'. Or verify with settings for development.",
        )
    if statuses and statuses <= _REDIRECTS:
        return (
            "every request is redirected, probably to HTTPS or to another host",
            "Send what its proxy sends: --headers 'X-Forwarded-Proto: https'. Or verify with settings for development.",
        )
    return None


def why_absent(evidence: Evidence, function: str) -> tuple[str, str]:
    """Explain why an endpoint that a set-up function adds does not answer as it should."""
    call = evidence.setup_call(function)
    placed = next((placed for placed in placements(evidence) if placed.function == function), None)
    if placed is None:
        reason = f"nothing in the application's file calls {function}"
        return reason, f"Add `{call}` {evidence.setup_place}, or apply the instrumentation again."
    if placed.late:
        reason = f"{function} is called in {placed.scope} ({placed.file}:{placed.line}), when the server has started"
        return reason, f"Move `{placed.text}` {evidence.setup_place}."
    reason = "another route, a guard or a server in front of the application answers first"
    return reason, "Ask for the path without what stands in front of the application."


def why_probed(evidence: Evidence) -> tuple[str, str]:
    """Explain why health, readiness or metrics are traced."""
    placed = _setup(evidence)
    late = _TOO_LATE.search(evidence.output) or (placed is not None and placed.late)
    if late:
        return (
            f"{SETUP} comes too late to leave them out: something else traced the requests by then",
            f"Move `{_call(evidence)}` {evidence.setup_place}.",
        )
    return (
        "they are not excluded where the server span is made, or a second instrumentation makes it",
        "Their paths are excluded by setup_tracing; look for another instrumentation of the same application.",
    )


def why_doubled(spans: list[Span]) -> tuple[str, str]:
    """Explain why a request has several server spans."""
    scopes = sorted({span.scope for span in spans if span.scope})
    if len(scopes) > 1:
        return (
            f"two instrumentations trace the same request: {' and '.join(scopes)}",
            f"Keep one of them: {SETUP} cares for the span, and so may code of the project or, since 0.142, FastAPI.",
        )
    return (
        f"the same instrumentation ({scopes[0] if scopes else 'unnamed'}) was installed twice",
        "Call setup_tracing once for each application, and not for an application that another one mounts.",
    )


def _setup(evidence: Evidence) -> Placed | None:
    return next((placed for placed in placements(evidence) if placed.function == SETUP), None)


def _call(evidence: Evidence) -> str:
    return evidence.setup_call(SETUP)
