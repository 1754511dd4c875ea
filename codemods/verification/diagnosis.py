"""From what went wrong to why, probably, and what to do: the sentences that a failed check ends with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.errors import ReleaseQualityError

if TYPE_CHECKING:
    from codemods.verification.evidence import Evidence
    from codemods.verification.receiver import Span

TRACING = "instrumentation.tracing"
SETUP = "setup_tracing"
# What the generated module says, and what Starlette says to a middleware that comes late.
_TOO_LATE = re.compile(
    r"handled its first message already|Cannot add middleware after an application has started"
)
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
    placed = placement(evidence)
    if placed is None:
        return (
            f"nothing calls {SETUP}",
            f"Add `{_call(evidence)}` {evidence.setup_place}, or apply the instrumentation again.",
        )
    file, line, scope = placed
    if scope != evidence.setup_scope:
        where = f"in {scope}" if scope else "at module level"
        late = "when the application's middleware stack is built already, or not at all"
        return f"{SETUP} is called {where} ({file}:{line}), {late}", move
    return (
        f"{SETUP} probably runs after the application's middleware stack was built, or on another application object",
        move,
    )


def why_probed(evidence: Evidence) -> tuple[str, str]:
    """Explain why health, readiness or metrics are traced."""
    placed = placement(evidence)
    late = _TOO_LATE.search(evidence.output) or (placed is not None and placed[2] != evidence.setup_scope)
    if late:
        return (
            f"{SETUP} comes too late to leave them out: the framework had built its own telemetry by then",
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
            "Keep one of them: since FastAPI 0.142 the framework makes its own span, and a contrib one doubles it.",
        )
    return (
        f"the same instrumentation ({scopes[0] if scopes else 'unnamed'}) was installed twice",
        "Call setup_tracing once for each application, and not for an application that another one mounts.",
    )


def placement(evidence: Evidence) -> tuple[str, int, str] | None:
    """Find the set-up call in the file that makes the application: file, line and enclosing function."""
    from codemods.engines.python import ImportContext, find_calls

    made = evidence.application
    if made is None:
        return None
    file = Path(evidence.analysis.project_path) / made.file
    package = str(evidence.answers.get("package") or "")
    context = ImportContext(made.module, package, file.name == "__init__.py")
    module = f"{package}.{TRACING}" if package else TRACING
    try:
        calls = find_calls(file.read_bytes(), module=module, context=context)
    except (OSError, ReleaseQualityError):
        return None
    return next(((made.file, call.line, call.scope) for call in calls if call.function == SETUP), None)


def _call(evidence: Evidence) -> str:
    name = evidence.application.name if evidence.application else ""
    return f"{SETUP}({name or 'app'})"
