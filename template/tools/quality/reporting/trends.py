"""Where the lines of the trends run; the page draws them as inline SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING, Literal

from quality.reporting.text import date, number, percent, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quality.documents import PerformanceChange, Regressions, Snapshot
    from quality.history import Entry
    from quality.settings import Settings

# Of the drawing, in its own units.
WIDTH, HEIGHT, EDGE = 320.0, 100.0, 7.0
# Small movements must not look like falls: the least range of a percentage, and the spare room around a ratio.
_LEAST_RANGE = 10
_TWO_ENDS = 2
_SHOWN = 60
_BENCHMARKS = 8


@dataclass(frozen=True)
class Dot:
    """A value: where it is, where its interval ends, and what a pointer over it says."""

    x: float
    y: float
    text: str
    top: float | None = None
    bottom: float | None = None


@dataclass(frozen=True)
class Trend:
    """A number over time.

    Attributes:
        title: What it is.
        sentence: The picture in words.
        now: The last value.
        top: The value at the upper edge.
        bottom: The value at the lower edge.
        lines: Corners of the lines; a line ends where a value is unknown.
        dots: One for each value.
        bound: The gate's bound in words; empty without one.
        bound_y: Where it is.
    """

    title: str
    sentence: str
    now: str
    top: str
    bottom: str
    lines: list[str]
    dots: list[Dot]
    bound: str = ""
    bound_y: float = 0


@dataclass(frozen=True)
class _Value:
    """A value with the ends of its interval, which are the value itself where there is none."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class _Kind:
    title: str
    show: Callable[[float | None], str]
    bound: float | None = None
    scale: Literal["count", "of hundred", "ratio"] = "count"


def quality_trends(snapshots: Sequence[Snapshot], settings: Settings) -> list[Trend]:
    """Return the numbers of the snapshots that have at least two values.

    Args:
        snapshots: Oldest first.
        settings: The bounds of the gates.
    """
    gates = settings.quality_gates
    kinds: tuple[tuple[_Kind, Callable[[Snapshot], float | None]], ...] = (
        (
            _Kind("Quality score", number, gates.quality_score.min, scale="of hundred"),
            lambda one: one.quality_score,
        ),
        (
            _Kind("Test coverage", percent, gates.test_coverage.min, scale="of hundred"),
            lambda one: one.tests.coverage_percent,
        ),
        (_Kind("Smells", number), lambda one: one.code_quality.smells_count),
        (
            _Kind("Vulnerabilities", number, gates.vulnerabilities.max),
            lambda one: one.dependencies.vulnerabilities,
        ),
    )
    found = (
        _trend(kind, [_exact(value(snapshot)) for snapshot in snapshots], snapshots) for kind, value in kinds
    )
    return [trend for trend in found if trend is not None]


def benchmark_trends(history: Sequence[Entry], now: Entry) -> list[Trend]:
    """Return the time that benchmarks took, each with its interval, where they were measured at least twice.

    Args:
        history: Earlier snapshots, oldest first; those of other machines are left out.
        now: This snapshot.

    Returns:
        At most eight: those that changed most come first.
    """
    machine = now.snapshot.environment.fingerprint
    entries = [one for one in history if one.snapshot.environment.fingerprint == machine] + [now]
    snapshots = [entry.snapshot for entry in entries]
    measured = [_by_name(entry.regressions) for entry in entries]
    found = (
        _trend(_Kind(name, seconds, scale="ratio"), [_interval(row.get(name)) for row in measured], snapshots)
        for name in sorted(measured[-1], key=lambda name: -abs(measured[-1][name].change_percent or 0))
    )
    return list(islice((trend for trend in found if trend is not None), _BENCHMARKS))


def _trend(kind: _Kind, values: list[_Value | None], snapshots: Sequence[Snapshot]) -> Trend | None:
    values, snapshots = values[-_SHOWN:], snapshots[-_SHOWN:]
    known = [value for value in values if value is not None]
    if len(known) < _TWO_ENDS:
        return None
    low, high = _range(kind, known)
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)

    def y(value: float) -> float:
        return round(HEIGHT - EDGE - (value - low) / (high - low) * (HEIGHT - 2 * EDGE), 1)

    dots = [
        None
        if value is None
        else Dot(
            round(EDGE + index * step, 1),
            y(value.middle),
            f"{snapshot.release}, {date(snapshot.created)}: {kind.show(value.middle)}",
            *((y(value.high), y(value.low)) if value.low < value.high else ()),
        )
        for index, (value, snapshot) in enumerate(zip(values, snapshots, strict=True))
    ]
    runs = [[dot for dot in run if dot] for there, run in groupby(dots, key=bool) if there]
    lowest, highest = min(one.middle for one in known), max(one.middle for one in known)
    last = values[-1]
    return Trend(
        title=kind.title,
        sentence=f"{kind.title}: {kind.show(known[0].middle)} first, {kind.show(known[-1].middle)} last, between "
        f"{kind.show(lowest)} and {kind.show(highest)} over {len(known)} snapshots.",
        now=kind.show(last.middle if last else None),
        top=kind.show(high),
        bottom=kind.show(low),
        lines=[" ".join(f"{dot.x},{dot.y}" for dot in run) for run in runs],
        dots=[dot for dot in dots if dot],
        bound="" if kind.bound is None else kind.show(kind.bound),
        bound_y=0 if kind.bound is None else y(kind.bound),
    )


def _range(kind: _Kind, known: list[_Value]) -> tuple[float, float]:
    ends = [one.low for one in known] + [one.high for one in known]
    if kind.bound is not None:
        ends.append(kind.bound)
    low, high = min(ends), max(ends)
    if kind.scale == "count":
        # From zero, so that the height of a point says how much it is; a line of zeros lies at the bottom.
        return 0, high or 1
    if kind.scale == "ratio":
        spare = _LEAST_RANGE / 100 * high
        return max(0, low - spare), high + spare
    spare = max(0, _LEAST_RANGE - (high - low)) / 2
    low = max(0, min(math.floor(low - spare), 100 - _LEAST_RANGE))
    return low, min(100, max(math.ceil(high + spare), low + _LEAST_RANGE))


def _exact(value: float | None) -> _Value | None:
    return None if value is None else _Value(value, value, value)


def _by_name(regressions: Regressions | None) -> dict[str, PerformanceChange]:
    return {change.name: change for change in regressions.measured} if regressions else {}


def _interval(change: PerformanceChange | None) -> _Value | None:
    if change is None:
        return None
    head, base, ends = change.head_seconds, change.base_seconds, change.interval_percent
    if base is None or ends is None:
        return _exact(head)
    low, high = (base * (1 + end / 100) for end in ends)
    return _Value(head, min(low, head), max(high, head))
