"""What a verification has seen, and the verdicts on it: plain values that the checks read and return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from codemods.facts import load_framework
from codemods.verification.receiver import CLIENT, INTERNAL, SERVER
from codemods.verification.requests import HEALTH, METRICS, READINESS, ROUTE, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codemods.analysis.model import Analysis, Application
    from codemods.verification.receiver import Span
    from codemods.verification.requests import Exchange

Outcome = Literal["passed", "failed", "warning", "skipped"]


@dataclass(frozen=True)
class Check:
    """One verdict.

    Attributes:
        name: What was to be shown: ``one server span for each request``.
        outcome: ``failed`` alone makes the verification fail; ``warning`` is worth a look.
        detail: What was seen.
        reason: Why, probably.
        advice: What to do next.
    """

    name: str
    outcome: Outcome
    detail: str = ""
    reason: str = ""
    advice: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against it."""
        return self.outcome != "failed"

    def __str__(self) -> str:
        """Return it as one message: what, why, what next."""
        why = f": {self.reason}" if self.reason else ""
        next_step = f"\n  {self.advice}" if self.advice else ""
        return f"{self.name}: {self.detail}{why}{next_step}"


@dataclass
class Evidence:
    """Everything that the checks look at.

    Attributes:
        analysis: The project.
        application: The application that was started; None when only a command is known.
        answers: How the project was instrumented.
        exchanges: The requests and their answers, in the order they were sent.
        spans: All spans that arrived.
        metrics_before: The metrics page before the requests; empty when there is none.
        metrics_after: The same, afterwards.
        metrics_type: Its media type.
        output: What the service printed.
    """

    analysis: Analysis
    application: Application | None
    answers: Mapping[str, Any]
    exchanges: Sequence[Exchange] = ()
    spans: Sequence[Span] = ()
    metrics_before: str = ""
    metrics_after: str = ""
    metrics_type: str = ""
    output: str = ""
    _traces: dict[str, list[Span]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Sort the spans into traces."""
        for span in self.spans:
            self._traces.setdefault(span.trace_id, []).append(span)

    def of(self, *purposes: str) -> list[Exchange]:
        """Return the exchanges that were made for some purposes and got an answer."""
        return [one for one in self.exchanges if one.request.purpose in purposes and one.status]

    @property
    def routes(self) -> list[Exchange]:
        """Answered requests to the service's own routes."""
        return self.of(ROUTE)

    @property
    def probes(self) -> list[Exchange]:
        """Answered requests to health, readiness and metrics."""
        return self.of(HEALTH, READINESS, METRICS)

    @property
    def unknown(self) -> list[Exchange]:
        """Answered requests to paths that do not exist."""
        return self.of(UNKNOWN)

    @property
    def traces_continued(self) -> bool:
        """Whether the service goes on with the trace of a request, as W3C trace context asks."""
        return any(one.trace_id in self._traces for one in self.exchanges)

    def trace(self, exchange: Exchange) -> list[Span]:
        """Return the spans of one request, by its trace or, where the service starts its own, by time."""
        if self.traces_continued:
            return self._traces.get(exchange.trace_id, [])
        inside = [
            span.trace_id
            for span in self.spans
            if span.kind == SERVER and exchange.start <= span.start <= exchange.end
        ]
        return [span for trace_id in dict.fromkeys(inside) for span in self._traces[trace_id]]

    def server_spans(self, exchange: Exchange) -> list[Span]:
        """Return the spans of one request that describe it as a whole.

        A second instrumentation below the first one calls its span internal, and means the same request; a request
        that the service sent to itself is another one.
        """
        spans = self.trace(exchange)
        clients = {span.span_id for span in spans if span.kind == CLIENT}
        return [span for span in spans if _describes_request(span) and span.parent_id not in clients]

    def during(self, exchange: Exchange) -> list[Span]:
        """Return the spans that began while a request was answered, whatever their trace."""
        return [span for span in self.spans if exchange.start <= span.start <= exchange.end]

    @property
    def setup_scope(self) -> str:
        """The function that makes the application; empty at module level."""
        return self.application.scope if self.application else ""

    @property
    def comes_first(self) -> bool:
        """Whether set-up stands before the application is made, and not behind it."""
        return self.application is not None and (
            load_framework(self.application.framework).strategy == "before_construction"
        )

    @property
    def setup_place(self) -> str:
        """Say where a set-up call belongs: ``directly behind `app = FastAPI(...)` in orders/main.py``."""
        if self.application is None:
            return "directly behind the statement that makes the application"
        made = self.application
        constructor = made.constructor.rpartition(".")[2]
        statement = f"{made.name} = {constructor}(...)" if made.name else f"{constructor}(...)"
        scope = f", in {made.scope}," if made.scope else ""
        return f"directly {'before' if self.comes_first else 'behind'} `{statement}`{scope} in {made.file}"

    def setup_call(self, function: str) -> str:
        """Return a set-up call as it should stand there: ``setup_tracing(app)``."""
        if self.comes_first:
            return f"{function}()"
        return f"{function}({(self.application.name if self.application else '') or 'app'})"


def _describes_request(span: Span) -> bool:
    of_server = {"url.path", "http.target"} & span.attributes.keys()
    return span.kind == SERVER or (
        span.kind == INTERNAL and bool(of_server) and "url.full" not in span.attributes
    )
