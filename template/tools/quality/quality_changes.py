"""Which numbers of a snapshot are worse than those of the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality.documents import QualityChange, Snapshot

if TYPE_CHECKING:
    from quality.settings import Settings

# Scores and percentages are rounded when they are captured.
_ROUNDING = 0.05
_SHOWN = 3


def quality_changes(current: Snapshot, baseline: Snapshot | None, settings: Settings) -> list[QualityChange]:
    """Return what is worse.

    Failed tests always count and block, with or without a baseline. A new vulnerability blocks where its gate does, and
    so does a drop of coverage. A lower score and more findings of linters are listed and never block: the score's own
    gate has a bound, and a finding more is no reason to stop a change that is good otherwise. What is unknown on either
    side is not compared.

    Args:
        current: This commit.
        baseline: What it is compared with; None at the first run.
        settings: Which gates block, and below how many changed lines a drop says nothing.
    """
    changes = _failed_tests(current, baseline)
    if baseline is None:
        return changes
    gates = settings.quality_gates
    changes += _new_vulnerabilities(current, baseline, blocking=gates.vulnerabilities.blocking)
    lines = current.changes.lines if current.changes else None
    if lines is None or lines >= settings.minimum_change_lines:
        changes += _lower(
            "tests.coverage_percent",
            baseline.tests.coverage_percent,
            current.tests.coverage_percent,
            blocking=gates.test_coverage.blocking,
        )
        changes += _lower("quality_score", baseline.quality_score, current.quality_score, blocking=False)
    before, now = baseline.code_quality.smells_count, current.code_quality.smells_count
    if before is not None and now is not None and now > before:
        changes.append(
            QualityChange(metric="code_quality.smells_count", base=before, head=now, blocking=False)
        )
    return changes


def _failed_tests(current: Snapshot, baseline: Snapshot | None) -> list[QualityChange]:
    failed = _failed(current)
    if not failed:
        return []
    known = {one.id for one in baseline.tests.failures} if baseline else set()
    new = [one.id for one in current.tests.failures if one.id not in known]
    detail = f"new: {_some(new)}" if new and baseline else ""
    before = _failed(baseline) if baseline else None
    return [QualityChange(metric="tests.failed", base=before, head=failed, blocking=True, detail=detail)]


def _failed(snapshot: Snapshot) -> int | None:
    tests = snapshot.tests
    return (
        None if tests.failed is None and tests.errors is None else (tests.failed or 0) + (tests.errors or 0)
    )


def _new_vulnerabilities(current: Snapshot, baseline: Snapshot, *, blocking: bool) -> list[QualityChange]:
    before, now = baseline.dependencies, current.dependencies
    if before.vulnerabilities is None or now.vulnerabilities is None:
        return []
    known = {(one.package, name) for one in before.findings for name in (one.id, *one.aliases)}
    new = [
        f"{one.package} {one.id}"
        for one in now.findings
        if not any((one.package, name) in known for name in (one.id, *one.aliases))
    ]
    if not new:
        return []
    return [
        QualityChange(
            metric="dependencies.vulnerabilities",
            base=before.vulnerabilities,
            head=now.vulnerabilities,
            blocking=blocking,
            detail=f"new: {_some(new)}",
        )
    ]


def _lower(metric: str, before: float | None, now: float | None, *, blocking: bool) -> list[QualityChange]:
    if before is None or now is None or now >= before - _ROUNDING:
        return []
    return [QualityChange(metric=metric, base=before, head=now, blocking=blocking)]


def _some(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
