"""The command `detect-regressions`: what is worse than at the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality.baselines import baseline_snapshot, current_snapshot
from quality.documents import (
    BENCHMARKS,
    REGRESSIONS,
    Benchmarks,
    Regressions,
    Snapshot,
    read_document,
    write_document,
)
from quality.errors import QualityError
from quality.history import location_of_history
from quality.options import add_project_options, project_of
from quality.performance_changes import Performance, compare_performance
from quality.quality_changes import quality_changes

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from pathlib import Path

    from quality.settings import Settings


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        "--current", default="", metavar="C", help="a snapshot (default: reports/snapshot.json)"
    )
    parser.add_argument(
        "--baseline",
        default="",
        metavar="B",
        help="release, commit or snapshot file (default: the snapshot's own)",
    )
    parser.add_argument("--benchmarks", default="", metavar="FILE", help=f"(default: {BENCHMARKS}, if there)")
    parser.add_argument(
        "--threshold",
        type=float,
        metavar="PERCENT",
        help="smallest slowdown that counts (default: the settings')",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the resampling (default: %(default)s)")
    parser.add_argument("--output", default=REGRESSIONS, metavar="FILE", help="(default: %(default)s)")
    parser.epilog = "Exit code: 0, whatever is found (`gate` decides); 2 the input cannot be used."
    add_project_options(parser)


def run(arguments: Namespace) -> int:
    """Run the command.

    Returns:
        0: finding regressions is no error, and `gate` decides what follows.

    Raises:
        QualityError: A document cannot be read, or the settings are not valid.
    """
    project, settings = project_of(arguments)
    threshold = arguments.threshold
    if threshold is None:
        threshold = settings.quality_gates.performance.max_degradation_percent
    if not threshold > 0:
        raise QualityError("must be more than 0", where=f"--threshold {threshold:g}")
    current = current_snapshot(arguments.current, project)
    name = arguments.baseline or current.baseline or ""
    baseline = baseline_snapshot(name, project, lambda: location_of_history(settings), current.commit)
    performance = compare_performance(
        _benchmarks(project, arguments.benchmarks), current.commit, threshold=threshold, seed=arguments.seed
    )
    found = detect(current, baseline, performance, settings, threshold=threshold)
    write_document(found, project / arguments.output)
    print(_summary(found, name))
    for note in performance.notes:
        print(note)
    print(f"wrote {arguments.output}")
    return 0


def detect(
    current: Snapshot,
    baseline: Snapshot | None,
    performance: Performance,
    settings: Settings,
    *,
    threshold: float,
) -> Regressions:
    """Put together what got worse.

    Args:
        current: This commit.
        baseline: What it is compared with; None at the first run.
        performance: What the benchmarks say.
        settings: Which gates block.
        threshold: The smallest slowdown that counts, in percent.
    """
    blocking = settings.quality_gates.performance.blocking
    slower = [change.model_copy(update={"blocking": blocking}) for change in performance.slower]
    worse = quality_changes(current, baseline, settings)
    return Regressions(
        current=current.release,
        baseline=baseline.release if baseline else None,
        threshold_percent=threshold,
        comparable=not performance.reason,
        reason=performance.reason,
        noise_floor_percent=performance.noise_floor_percent,
        blocking_regressions=sum(one.blocking for one in slower) + sum(one.blocking for one in worse),
        total_regressions=len(slower) + len(worse),
        performance_regressions=slower,
        improvements=performance.faster,
        quality_regressions=worse,
        measured=performance.measured,
    )


def _benchmarks(project: Path, given: str) -> Benchmarks | None:
    file = project / (given or BENCHMARKS)
    if not given and not file.exists():
        return None
    return read_document(Benchmarks, file, hint="python tools/quality benchmark makes it.")


def _summary(found: Regressions, name: str) -> str:
    lines = [f"slower: {one.name} {one.change_percent:+.1f} %" for one in found.performance_regressions]
    lines += [f"faster: {one.name} {one.change_percent:+.1f} %" for one in found.improvements]
    lines += [
        f"worse: {one.metric} {one.base} -> {one.head} {one.detail}".rstrip()
        for one in found.quality_regressions
    ]
    if found.reason:
        lines.append(f"performance was not compared: {found.reason}")
    against = found.baseline or (
        f"{name}, of which there is no snapshot yet" if name else "nothing: no baseline is named"
    )
    lines.append(
        f"{found.total_regressions} regressions, {found.blocking_regressions} of them blocking, against {against}"
    )
    return "\n".join(lines)
