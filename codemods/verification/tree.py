"""A trace as people read it: a tree of spans, each with its duration and its place in time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codemods.verification.receiver import CLIENT, SERVER
from codemods.verification.trace_checks import database_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemods.verification.evidence import Evidence
    from codemods.verification.receiver import Span
    from codemods.verification.requests import Exchange

_COLUMNS = re.compile(r"^SELECT .+? FROM ", re.IGNORECASE)


@dataclass(frozen=True)
class Symbols:
    """The characters that pictures are made of; plain ones for terminals that have no others."""

    branch: str = "├─ "
    last: str = "└─ "
    through: str = "│  "
    bar: str = "━"
    ellipsis: str = "…"
    passed: str = "✓"
    failed: str = "✗"
    warning: str = "!"
    skipped: str = "-"


ASCII = Symbols("|- ", "`- ", "|  ", "=", "...", "+", "x")


@dataclass(frozen=True)
class Row:
    """One line of a tree.

    Attributes:
        guide: The lines that lead to it.
        label: What it is.
        detail: A statement or an address.
        kind: ``server``, ``database``, ``request`` or ``internal``.
        milliseconds: How long it took.
        offset: Where it begins in the trace, from 0 to 1.
        share: How much of the trace it takes, from 0 to 1.
        error: Whether it ended in an error.
    """

    guide: str
    label: str
    detail: str
    kind: str
    milliseconds: float
    offset: float
    share: float
    error: bool


def rows(spans: Sequence[Span], symbols: Symbols) -> list[Row]:
    """Lay out one trace.

    Args:
        spans: Its spans, in any order.
        symbols: What to draw with.

    Returns:
        One row for each span, parents before children, children in the order they began.
    """
    if not spans:
        return []
    known = {span.span_id for span in spans}
    children: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        children.setdefault(span.parent_id if span.parent_id in known else "", []).append(span)
    begin = min(span.start for span in spans)
    whole = max(max(span.end for span in spans) - begin, 1)

    def lay(parent: str, lead: str, *, top: bool) -> Iterator[Row]:
        below = children.get(parent, [])
        for span in below:
            final = span is below[-1]
            guide = "" if top else lead + (symbols.last if final else symbols.branch)
            yield _row(span, guide, (span.start - begin) / whole, (span.end - span.start) / whole, symbols)
            further = "" if top else lead + (" " * len(symbols.through) if final else symbols.through)
            yield from lay(span.span_id, further, top=False)

    return list(lay("", "", top=True))


def worth_showing(evidence: Evidence, limit: int) -> list[Exchange]:
    """Choose the requests whose traces tell most, by kinds and number of spans, in the order they were sent."""
    traced = [exchange for exchange in evidence.routes if evidence.trace(exchange)]

    def tells(exchange: Exchange) -> tuple[int, int]:
        spans = evidence.trace(exchange)
        return len({(span.kind, database_of(span)) for span in spans}), len(spans)

    chosen = sorted(traced, key=tells, reverse=True)[:limit]
    return [exchange for exchange in traced if exchange in chosen]


def shortened(statement: str, ellipsis: str = "…") -> str:
    """Return a database statement in one line, without its list of columns."""
    line = " ".join(statement.split())
    return _COLUMNS.sub(f"SELECT {ellipsis} FROM ", line)  # noqa: S608 (shown, not run)


def _row(span: Span, guide: str, offset: float, share: float, symbols: Symbols) -> Row:
    kind, label, detail = _described(span, symbols)
    failed = span.status == "error"
    return Row(guide, label, detail, kind, span.milliseconds, offset, share, failed)


def _described(span: Span, symbols: Symbols) -> tuple[str, str, str]:
    attributes = span.attributes
    if system := database_of(span):
        statement = str(attributes.get("db.query.text") or attributes.get("db.statement") or "")
        return "database", span.name, shortened(statement, symbols.ellipsis) or system
    if span.kind == CLIENT:
        url = str(attributes.get("url.full") or attributes.get("http.url") or "")
        target = urlsplit(url)
        status = attributes.get("http.response.status_code") or attributes.get("http.status_code") or ""
        return "request", span.name, f"{target.netloc}{target.path} {status}".strip()
    if span.kind == SERVER:
        status = attributes.get("http.response.status_code") or attributes.get("http.status_code") or ""
        return "server", span.name, str(status)
    return "internal", span.name, ""
