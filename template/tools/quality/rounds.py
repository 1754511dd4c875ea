"""Runs the arms of a comparison in turns, so that whatever slows the machine slows all of them."""

from __future__ import annotations

import itertools
import random
import statistics
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_SECONDS_BETWEEN_LINES = 2.0
_QUARTERS = 4


def interleave(
    arms: Mapping[str, Callable[[int], Mapping[str, Sequence[float]]]], *, rounds: int, seed: int
) -> dict[str, dict[str, list[float]]]:
    """Run every arm once in each round.

    Args:
        arms: What to call, by the arm's name: takes the round's own seed, and gives the seconds of every iteration
            by benchmark.
        rounds: How many.
        seed: Of the order of the arms.

    Returns:
        For each arm and benchmark, one number a round. Benchmarks that an arm did not measure in every round are left
        out of that arm.
    """
    measured: dict[str, list[dict[str, float]]] = {name: [] for name in arms}
    progress = Progress(rounds)
    for number, order in enumerate(itertools.islice(orders(list(arms), seed), rounds)):
        for name in order:
            measured[name].append(
                {benchmark: first_quartile(times) for benchmark, times in arms[name](seed + number).items()}
            )
        progress.done(number + 1)
    return {name: _in_all_rounds(results) for name, results in measured.items()}


def orders(names: Sequence[str], seed: int) -> Iterator[tuple[str, ...]]:
    """Yield orders without end: each possible one as often as any other, shuffled within a block of all of them.

    With three arms, a block of six rounds cancels a steady drift and whatever the arm before leaves behind.
    """
    generator = random.Random(seed)  # noqa: S311
    while True:
        block = list(itertools.permutations(names))
        generator.shuffle(block)
        yield from block


def first_quartile(seconds: Sequence[float]) -> float:
    """Return the time that a quarter of the iterations does not exceed.

    Neighbours on the machine only ever add time, so the lower part of a run is its quiet part; the minimum alone would
    miss a slowdown that spares a few iterations.
    """
    if len(seconds) < _QUARTERS:
        return statistics.median(seconds)
    return statistics.quantiles(seconds, n=_QUARTERS, method="inclusive")[0]


class Progress:
    """Tells how far a run is, on standard error, at most every two seconds.

    Args:
        rounds: How many there will be.
    """

    def __init__(self, rounds: int) -> None:
        self._rounds, self._start = rounds, time.monotonic()
        self._told = self._start

    def done(self, rounds: int) -> None:
        """Say that so many rounds are done."""
        now = time.monotonic()
        if now - self._told < _SECONDS_BETWEEN_LINES:
            return
        self._told = now
        left = (now - self._start) / rounds * (self._rounds - rounds)
        print(f"benchmark: round {rounds} of {self._rounds}, about {left:.0f} s left", file=sys.stderr)


def _in_all_rounds(results: list[dict[str, float]]) -> dict[str, list[float]]:
    names = [name for name in results[0] if all(name in result for result in results)] if results else []
    return {name: [result[name] for result in results] for name in names}
