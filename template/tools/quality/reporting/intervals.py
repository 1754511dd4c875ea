"""Where the bars of the benchmarks' changes run; the page draws them as inline SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quality.documents import PerformanceChange, Regressions

# Of the drawing, in its own units.
WIDTH, EDGE = 240.0, 6.0


@dataclass(frozen=True)
class Interval:
    """A benchmark's change with its interval, on the scale that all of them share.

    Attributes:
        change: The measured change.
        low, high: Ends of the bar.
        middle: The estimate.
        kind: `slower` and `faster` where it counts, otherwise `within`.
    """

    change: PerformanceChange
    low: float
    high: float
    middle: float
    kind: str


@dataclass(frozen=True)
class Intervals:
    """All benchmarks; what lies between the quiet bounds never counts, `reach` is the percentage at the edges."""

    rows: list[Interval]
    zero: float
    quiet_low: float
    quiet_high: float
    reach: float
    quiet: float
    noisy: bool
    confidence: float | None


def intervals(regressions: Regressions) -> Intervals:
    """Return the benchmarks that could be compared, the slowest first."""
    slower = {change.name for change in regressions.performance_regressions}
    faster = {change.name for change in regressions.improvements}
    compared = [
        (change, change.change_percent, change.interval_percent or (change.change_percent,) * 2)
        for change in regressions.measured
        if change.change_percent is not None
    ]
    quiet = max(regressions.threshold_percent, regressions.noise_floor_percent or 0)
    reach = max(2 * quiet, *(abs(end) for _, _, ends in compared for end in ends), 1)

    def x(value: float) -> float:
        return round(WIDTH / 2 + value / reach * (WIDTH / 2 - EDGE), 1)

    rows = [
        Interval(
            change,
            x(low),
            x(high),
            x(middle),
            "slower" if change.name in slower else "faster" if change.name in faster else "within",
        )
        for change, middle, (low, high) in sorted(compared, key=lambda item: -item[1])
    ]
    return Intervals(
        rows,
        zero=x(0),
        quiet_low=x(-quiet),
        quiet_high=x(quiet),
        reach=reach,
        quiet=quiet,
        noisy=quiet > regressions.threshold_percent,
        confidence=next((100 * row.change.confidence for row in rows if row.change.confidence), None),
    )
