"""Decides whether a benchmark became slower: pure statistics over the rounds of an interleaved run.

A round measures base, head and base again within seconds of one another, so what slows the machine slows all three,
and only ratios within a round count. Their location is estimated robustly, because one round in ten is hit by a
neighbour, and its interval comes from resampling rounds (https://doi.org/10.1214/aos/1176344552). A change counts when
the interval excludes zero *and* the estimate exceeds the minimum effect: the threshold, or what base shows against
itself, if that is more.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The chance that a run without any change raises an alarm, over all of its benchmarks together.
FALSE_ALARMS = 0.01
# With fewer, no interval at this confidence can exclude zero.
MINIMUM_ROUNDS = 5
_NOISE_CONFIDENCE = 0.95
_RESAMPLES = 4000


@dataclass(frozen=True)
class Arms:
    """Seconds of one benchmark, round by round; the three sequences are paired."""

    base: Sequence[float]
    head: Sequence[float]
    base_again: Sequence[float]


@dataclass(frozen=True)
class Comparison:
    """How one benchmark moved. Percentages are of base; positive is slower.

    Attributes:
        change: The estimate.
        low: Lower bound of its interval.
        high: Upper bound of its interval.
        confidence: Of the interval, from 0 to 1.
        noise: What base shows against itself at the same confidence.
        verdict: ``slower``, ``faster``, or ``same`` when no difference was shown.
    """

    change: float
    low: float
    high: float
    confidence: float
    noise: float
    verdict: str


def compare_all(benchmarks: Mapping[str, Arms], *, threshold: float, seed: int) -> dict[str, Comparison]:
    """Compare benchmarks so that all of them together rarely raise a false alarm.

    Args:
        benchmarks: What was measured, by name.
        threshold: The smallest change that counts, in percent.
        seed: Of the resampling; the same seed and numbers give the same result.

    Returns:
        One comparison for each benchmark.

    Raises:
        ValueError: A benchmark has too few rounds, rounds that are not paired, or a time that is not positive.
    """
    confidence = 1 - FALSE_ALARMS / max(len(benchmarks), 1)
    return {
        name: compare(arms, threshold=threshold, confidence=confidence, seed=f"{seed} {name}")
        for name, arms in benchmarks.items()
    }


def compare(arms: Arms, *, threshold: float, confidence: float, seed: int | str) -> Comparison:
    """Compare one benchmark.

    Args:
        arms: What was measured.
        threshold: The smallest change that counts, in percent.
        confidence: Of the interval, from 0 to 1.
        seed: Of the resampling.

    Raises:
        ValueError: There are too few rounds, rounds that are not paired, or a time that is not positive.
    """
    rounds = {len(arm) for arm in (arms.base, arms.head, arms.base_again)}
    if len(rounds) > 1:
        raise ValueError("a round lacks one of its arms")
    if min(rounds) < MINIMUM_ROUNDS:
        raise ValueError(f"{min(rounds)} rounds are too few, at least {MINIMUM_ROUNDS} are needed")
    base, head, again = (_logarithms(arm) for arm in (arms.base, arms.head, arms.base_again))
    differences = [h - (b + a) / 2 for b, h, a in zip(base, head, again, strict=True)]
    # Scaled to the spread of the differences above: there, half of base's noise is averaged away.
    against_itself = [(b - a) * math.sqrt(3) / 2 for b, a in zip(base, again, strict=True)]
    generator = random.Random(seed)  # noqa: S311
    low, high = _interval(differences, confidence, generator)
    noise = max(abs(bound) for bound in _interval(against_itself, _NOISE_CONFIDENCE, generator))
    estimate = _location(differences)
    minimum = max(math.log1p(threshold / 100), noise)
    verdict = "same"
    if low > 0 and estimate > minimum:
        verdict = "slower"
    elif high < 0 and estimate < -minimum:
        verdict = "faster"
    return Comparison(
        change=_percent(estimate),
        low=_percent(low),
        high=_percent(high),
        confidence=confidence,
        noise=_percent(noise),
        verdict=verdict,
    )


def _logarithms(seconds: Sequence[float]) -> list[float]:
    if not all(value > 0 for value in seconds):
        raise ValueError("a time is not positive")
    return [math.log(value) for value in seconds]


def _interval(values: Sequence[float], confidence: float, generator: random.Random) -> tuple[float, float]:
    size = len(values)
    locations = sorted(_location(generator.choices(values, k=size)) for _ in range(_RESAMPLES))
    tail = int((1 - confidence) / 2 * _RESAMPLES)
    return locations[tail], locations[-1 - tail]


def _location(values: Sequence[float]) -> float:
    """Return the mean of the middle half: as deaf to a few disturbed rounds as the median, and steadier."""
    ordered = sorted(values)
    cut = len(ordered) // 4
    return math.fsum(ordered[cut : len(ordered) - cut]) / (len(ordered) - 2 * cut)


def _percent(logarithm: float) -> float:
    return 100 * math.expm1(logarithm)
