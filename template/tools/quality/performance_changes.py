"""What the benchmarks of base and head say, or why they say nothing."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quality.comparison import Arms, Comparison, compare_all
from quality.documents import BENCHMARKS, PerformanceChange
from quality.errors import QualityError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quality.documents import Benchmarks

_SHOWN_COMMIT = 12


@dataclass(frozen=True)
class Performance:
    """The comparison of all benchmarks.

    Attributes:
        reason: Why they could not be compared; empty when they could.
        measured: Every benchmark of head.
        slower: Those that became slower.
        faster: Those that became faster.
        noise_floor_percent: The most that a benchmark of base differs from itself.
        notes: What a reader should know, in sentences.
    """

    reason: str = ""
    measured: list[PerformanceChange] = field(default_factory=list)
    slower: list[PerformanceChange] = field(default_factory=list)
    faster: list[PerformanceChange] = field(default_factory=list)
    noise_floor_percent: float | None = None
    notes: list[str] = field(default_factory=list)


def compare_performance(
    benchmarks: Benchmarks | None, commit: str, *, threshold: float, seed: int
) -> Performance:
    """Compare head with base.

    Only times of one run are compared, measured in turns on one machine: the arms of a document. Times that were
    measured elsewhere, or at another hour, differ for reasons that have nothing to do with the code.

    Args:
        benchmarks: What was measured; None when nothing was.
        commit: The commit that the snapshot is about.
        threshold: The smallest slowdown that counts, in percent.
        seed: Of the resampling.

    Raises:
        QualityError: The document's rounds are too few, not paired, or have a time that is not positive.
    """
    if benchmarks is None:
        return Performance(reason="no benchmarks were run")
    head = benchmarks.arms.get("head", {})
    measured_commit = benchmarks.commits.get("head", "")
    alone = [_alone(name, seconds) for name, seconds in head.items()]
    if measured_commit and commit and measured_commit != commit:
        return Performance(
            reason=f"the benchmarks are of commit {measured_commit[:_SHOWN_COMMIT]}, "
            f"the snapshot is of {commit[:_SHOWN_COMMIT]}"
        )
    if benchmarks.reason:
        return Performance(reason=benchmarks.reason, measured=alone)
    arms = {
        name: Arms(benchmarks.arms["base"][name], seconds, benchmarks.arms["base_again"][name])
        for name, seconds in head.items()
        if all(name in benchmarks.arms.get(arm, {}) for arm in ("base", "base_again"))
    }
    if not arms:
        return Performance(reason="no benchmark was measured in base, too", measured=alone)
    try:
        compared = compare_all(arms, threshold=threshold, seed=seed)
    except ValueError as error:
        raise QualityError(f"cannot be compared: {error}", where=benchmarks.suite or BENCHMARKS) from None
    return _summed_up(arms, compared, [one for one in alone if one.name not in arms], threshold, benchmarks)


def _summed_up(
    arms: Mapping[str, Arms],
    compared: Mapping[str, Comparison],
    new: list[PerformanceChange],
    threshold: float,
    benchmarks: Benchmarks,
) -> Performance:
    changes = {name: _change(name, arms[name], result) for name, result in compared.items()}
    noisy = [
        name for name, result in compared.items() if result.verdict == "same" and result.high > 2 * threshold
    ]
    notes = list(benchmarks.warnings)
    if noisy:
        notes.append(
            f"too noisy to rule out a slowdown of {2 * threshold:g} %: {', '.join(noisy)}; more rounds would tell"
        )
    gone = benchmarks.arms["base"].keys() - benchmarks.arms["head"].keys()
    notes += [f"not measured in head any more: {name}" for name in sorted(gone)]
    return Performance(
        measured=[*changes.values(), *new],
        slower=[changes[name] for name, result in compared.items() if result.verdict == "slower"],
        faster=[changes[name] for name, result in compared.items() if result.verdict == "faster"],
        noise_floor_percent=round(max(result.noise for result in compared.values()), 2),
        notes=notes,
    )


def _change(name: str, arms: Arms, result: Comparison) -> PerformanceChange:
    return PerformanceChange(
        name=name,
        base_seconds=statistics.median([*arms.base, *arms.base_again]),
        head_seconds=statistics.median(arms.head),
        change_percent=round(result.change, 2),
        interval_percent=(round(result.low, 2), round(result.high, 2)),
        confidence=round(result.confidence, 6),
    )


def _alone(name: str, seconds: list[float]) -> PerformanceChange:
    return PerformanceChange(name=name, base_seconds=None, head_seconds=statistics.median(seconds))
