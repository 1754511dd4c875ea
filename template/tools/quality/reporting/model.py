"""What a report is made of: the documents, and the few things that all formats say about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from quality.history import Entry
from quality.reporting.text import label, listed, number, percent, plural, signed
from quality.settings import Settings

if TYPE_CHECKING:
    from quality.documents import GateResult, Regressions, Snapshot, Verdict

# In the order in which a reader needs them.
_URGENCY = ("fail", "missing", "warn", "waived", "neutral", "pass")

EVIDENCE_NAMES = {
    "tests": "Test results",
    "coverage": "Test coverage",
    "smells": "Findings of linters",
    "dependencies": "An audit of the dependencies",
}
_METRICS = {
    "quality_score": "Quality score",
    "tests.coverage_percent": "Test coverage",
    "tests.failed": "Failed tests",
    "code_quality.smells_count": "Smells",
    "dependencies.vulnerabilities": "Vulnerabilities",
}


@dataclass(frozen=True)
class Report:
    """Everything that is known of a commit.

    Attributes:
        snapshot: Its evidence.
        verdict: What the gates say.
        regressions: What is worse than at the baseline; None when nothing was compared.
        baseline: The baseline's evidence; None at the first run.
        history: Earlier snapshots of the same line, oldest first.
        settings: The bounds and the formula behind the verdict and the score.
        gate_lines: The line on which each gate stands in `.quality-gates.yaml`, where it does.
    """

    snapshot: Snapshot
    verdict: Verdict
    regressions: Regressions | None = None
    baseline: Snapshot | None = None
    history: tuple[Entry, ...] = ()
    settings: Settings = field(default_factory=Settings)
    gate_lines: dict[str, int] = field(default_factory=dict)

    @property
    def entry(self) -> Entry:
        """Return what the history would hold of this commit."""
        return Entry(self.snapshot, self.regressions)

    @property
    def gates(self) -> list[GateResult]:
        """Return the gates, those that need attention first."""
        return sorted(self.verdict.gates, key=lambda gate: (_URGENCY.index(gate.status), not gate.blocking))

    @property
    def first_run(self) -> bool:
        """Return whether there is nothing yet to compare with."""
        return self.baseline is None and (self.regressions is None or self.regressions.baseline is None)

    @property
    def baseline_name(self) -> str:
        """Return what this commit was compared with; empty at the first run."""
        compared = self.regressions.baseline if self.regressions else None
        return (self.baseline.release if self.baseline else None) or compared or ""

    @property
    def score_status(self) -> str:
        """Return what the score's own gate says."""
        return next((gate.status for gate in self.gates if gate.name == "quality_score"), "neutral")

    @property
    def headline(self) -> str:
        """Return the verdict in words."""
        status = self.verdict.status
        named = {one: [label(gate.name) for gate in self.gates if gate.status == one] for one in _URGENCY}
        if status == "fail":
            return f"Not passed: {listed(named['fail'] + named['missing'])}"
        if status == "unknown":
            return f"Undecided: no evidence for {listed(named['missing'])}"
        if status == "warn":
            return f"Passed, with {plural(len(named['warn']), 'warning')}: {listed(named['warn'])}"
        if self.first_run and named["neutral"]:
            return "Passed: the first run, so there is nothing to compare with yet"
        return "Passed: every gate holds"


@dataclass(frozen=True)
class Change:
    """A number of the snapshot beside the baseline's.

    Attributes:
        name: What it is.
        before: At the baseline, as people read it.
        after: Now.
        difference: With its sign.
        direction: Whether that is good.
    """

    name: str
    before: str
    after: str
    difference: str
    direction: Literal["better", "worse", "same"]


def changes(report: Report) -> list[Change]:
    """Return the numbers that both the baseline and this snapshot know, those that got worse first."""
    if report.baseline is None:
        return []
    before, after = _numbers(report.baseline), _numbers(report.snapshot)
    found = [
        _change(name, old, new, unit, more_is_better=good)
        for (name, old, unit, good), (_, new, _, _) in zip(before, after, strict=True)
        if old is not None and new is not None
    ]
    return sorted(found, key=lambda change: ("worse", "better", "same").index(change.direction))


def failed_tests(snapshot: Snapshot) -> int:
    """Return how many tests failed or broke."""
    return (snapshot.tests.failed or 0) + (snapshot.tests.errors or 0)


def metric_name(metric: str) -> str:
    """Return the name of a number of the snapshot, for people."""
    return _METRICS.get(metric, metric)


def _change(name: str, old: float, new: float, unit: str, *, more_is_better: bool | None) -> Change:
    show = percent if unit == "%" else number
    moved = round(new - old, 1)
    direction: Literal["better", "worse", "same"] = "same"
    if moved and more_is_better is not None:
        direction = "better" if (moved > 0) == more_is_better else "worse"
    difference = signed(moved) + ("\u00a0points" if unit == "%" and moved else "")
    return Change(name, show(old), show(new), difference, direction)


def _numbers(snapshot: Snapshot) -> list[tuple[str, float | None, str, bool | None]]:
    """Return name, value, unit and whether more is better (None: neither)."""
    code, tests = snapshot.code_quality, snapshot.tests
    broken = None if tests.failed is None else tests.failed + (tests.errors or 0)
    complexity = code.complexity
    return [
        ("Quality score", snapshot.quality_score, "", True),
        ("Test coverage", tests.coverage_percent, "%", True),
        ("Branch coverage", tests.branch_percent, "%", True),
        ("Failed tests", broken, "", False),
        ("Tests", tests.total, "", None),
        ("Vulnerabilities", snapshot.dependencies.vulnerabilities, "", False),
        ("Smells", code.smells_count, "", False),
        ("Complex functions", complexity.complex if complexity else None, "", False),
        ("Lines of code", code.lines or None, "", None),
    ]
