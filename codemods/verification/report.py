"""The page that ``verify`` prints: traces, metrics, health and verdicts."""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from codemods.verification.endpoint_checks import COUNTER, parse_metrics
from codemods.verification.tree import ASCII, Row, Symbols, rows, worth_showing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import ConsoleOptions, RenderableType, RenderResult

    from codemods.verification.evidence import Check, Evidence
    from codemods.verification.run import Verification

DURATION = "http_request_duration_seconds"
_PLAIN_WIDTH = 110
_WIDE = 100
_BAR, _NARROW_BAR = 24, 12
_TRACES = 6
_OK = 200
_COLOURS = {"server": "bold cyan", "database": "green", "request": "magenta", "internal": "white"}
_OUTCOMES = {"passed": "green", "failed": "bold red", "warning": "yellow", "skipped": "dim"}
_OUR_LABELS = ("route", "handler", "path", "endpoint", "http_route")


def print_report(
    verification: Verification, *, file: TextIO | None = None, console: Console | None = None
) -> None:
    """Print what a verification found.

    Args:
        verification: The result.
        file: Where to; standard output when not given. Colours and width follow what is there.
        console: A console of the caller's own.
    """
    (console or Console(file=file or sys.stdout, highlight=False)).print(Page(verification))


@dataclass(frozen=True)
class Page:
    """The whole page: what rich prints when it is given one."""

    verification: Verification

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw with what the encoding has, and as wide as the terminal; as wide as needed where there is none."""
        symbols = Symbols() if (console.encoding or "").lower().startswith("utf") else ASCII
        if not console.is_terminal:
            options = options.update(width=max(_PLAIN_WIDTH, options.max_width))
        yield from console.render(
            _parts(self.verification, symbols, wide=options.max_width >= _WIDE), options
        )


def _parts(verification: Verification, symbols: Symbols, *, wide: bool) -> Group:
    evidence = verification.evidence
    parts: list[RenderableType] = []
    for title, section in (
        (
            f"Traces of {evidence.answers.get('service_name') or 'the service'}",
            traces(evidence, symbols, wide=wide),
        ),
        ("Metrics", metrics(evidence)),
        ("Health", health(verification)),
        ("Verdict", verdict(verification.checks, symbols, wide=wide)),
    ):
        if section is not None:
            parts += [_heading(title, symbols), Padding(section, (0, 0, 1, 2))]
    return Group(*parts)


def traces(evidence: Evidence, symbols: Symbols, *, wide: bool = True) -> RenderableType | None:
    """Return the most telling traces as trees with a bar for each span."""
    shown = worth_showing(evidence, _TRACES)
    if not shown:
        return None
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1, style="dim")
    table.add_column(no_wrap=True, justify="right")
    bar = _BAR if wide else _NARROW_BAR
    table.add_column(no_wrap=True, width=bar)
    for index, exchange in enumerate(shown):
        if index:
            table.add_row()
        for row in rows(evidence.trace(exchange), symbols):
            table.add_row(*_cells(row, symbols, bar))
    more = sum(1 for exchange in evidence.routes if evidence.trace(exchange)) - len(shown)
    rest = [Text(f"and {more} more traces", style="dim")] if more else []
    return Group(table, *rest)


def metrics(evidence: Evidence) -> RenderableType | None:
    """Return requests and durations by route, and the totals of the other counters."""
    try:
        samples = parse_metrics(evidence.metrics_after, evidence.metrics_type)
    except ValueError:
        return None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("route", "method", "status"):
        table.add_column(heading, no_wrap=heading != "route")
    table.add_column("requests", justify="right")
    table.add_column("mean", justify="right")
    durations = _means(samples)
    counted = [sample for sample in samples if sample.name == COUNTER and sample.value]
    for sample in sorted(counted, key=lambda sample: sorted(sample.labels.items())):
        route, method, status = _labels(sample.labels)
        mean = durations.get((route, method, status))
        table.add_row(
            route, method, status, f"{sample.value:g}", f"{mean * 1000:.1f} ms" if mean is not None else ""
        )
    others = _other_totals(samples)
    if not counted and not others:
        return None
    parts: list[RenderableType] = [table] if counted else []
    parts += [Text(f"{name} {value:g}", style="dim") for name, value in others]
    return Group(*parts)


def health(verification: Verification) -> RenderableType | None:
    """Return the answers of health and readiness."""
    if not verification.health:
        return None
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(style="dim")
    for path, (status, body) in verification.health.items():
        colour = "green" if status == _OK else "yellow"
        table.add_row(path, Text(str(status), style=colour), Text(" ".join(body.split())[:400]))
    return table


def verdict(checks: list[Check], symbols: Symbols, *, wide: bool = True) -> RenderableType:
    """Return the checks, each with what was seen, and why and what next where it failed."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    if wide:
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        colour = _OUTCOMES[check.outcome]
        mark = Text(getattr(symbols, check.outcome), style=colour)
        name = Text(check.name, style="" if check.outcome == "passed" else colour)
        table.add_row(*([mark, name, _lines(check)] if wide else [mark, Group(name, _lines(check))]))
    failed = sum(not check.passed for check in checks)
    total = sum(check.outcome != "skipped" for check in checks)
    if failed:
        summary = Text(f"Not proven: {failed} of {total} checks failed.", style="bold red")
    else:
        summary = Text(f"Proven: {total} {'check' if total == 1 else 'checks'} passed.", style="bold green")
    return Group(table, Text(), summary)


def _heading(title: str, symbols: Symbols) -> RenderableType:
    characters = "─" if symbols.bar == Symbols().bar else "-"
    return Rule(Text(title, style="bold"), align="left", style="dim", characters=characters)


def _cells(row: Row, symbols: Symbols, bar: int) -> Iterator[RenderableType]:
    colour = "bold red" if row.error else _COLOURS[row.kind]
    yield Text.assemble((row.guide, "dim"), (row.label, colour))
    yield Text(row.detail)
    yield Text(f"{row.milliseconds:.1f} ms")
    begin = min(round(row.offset * bar), bar - 1)
    length = min(max(1, round(row.share * bar)), bar - begin)
    yield Text(" " * begin + symbols.bar * length, style=colour)


def _lines(check: Check) -> Text:
    text = Text(check.detail, style="dim" if check.outcome == "passed" else "")
    if check.reason:
        text.append(f"\nwhy: {check.reason}")
    if check.advice:
        text.append(f"\nnext: {check.advice}", style="bold")
    return text


def _labels(labels: dict[str, str]) -> tuple[str, str, str]:
    route = next((labels[name] for name in _OUR_LABELS if name in labels), "")
    status = next((value for name, value in labels.items() if name.startswith(("status", "code"))), "")
    return route, labels.get("method", ""), status


def _means(samples: list[Any]) -> dict[tuple[str, str, str], float]:
    sums: dict[tuple[str, str, str], float] = {}
    counts: dict[tuple[str, str, str], float] = {}
    for sample in samples:
        if sample.name == f"{DURATION}_sum":
            sums[_labels(sample.labels)] = sample.value
        elif sample.name == f"{DURATION}_count":
            counts[_labels(sample.labels)] = sample.value
    return {labels: sums[labels] / count for labels, count in counts.items() if count and labels in sums}


def _other_totals(samples: list[Any]) -> list[tuple[str, float]]:
    totals: defaultdict[str, float] = defaultdict(float)
    for sample in samples:
        ours = sample.name.endswith("_total") and not sample.name.startswith(("python_", "process_"))
        if ours and sample.name != COUNTER:
            totals[sample.name] += sample.value
    return sorted(totals.items())
