"""The rules of the five gates: pure functions from what is known to what a gate says.

What is missing never passes silently: each gate's ``missing`` says what it counts as.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from quality.documents import GateName, GateResult, Verdict

if TYPE_CHECKING:
    import datetime as dt

    from quality.documents import Regressions, Snapshot, Vulnerability
    from quality.settings import Gate, Settings, VulnerabilityGate

Status = Literal["pass", "warn", "fail", "neutral", "missing", "waived"]
# Differences below it are rounding.
_ROUNDING = 0.005


def decide(
    snapshot: Snapshot,
    regressions: Regressions | None,
    settings: Settings,
    *,
    baseline: Snapshot | None,
    today: dt.date,
) -> Verdict:
    """Apply all gates.

    Args:
        snapshot: What is known of the commit.
        regressions: The comparison with the baseline; None when none was made.
        settings: The bounds.
        baseline: The snapshot of the baseline; None at the first run.
        today: The day on which waivers are looked at.
    """
    results = [
        judge_score(snapshot, settings),
        judge_regressions(regressions, settings),
        judge_coverage(snapshot, settings, baseline),
        judge_vulnerabilities(snapshot, settings.quality_gates.vulnerabilities, today),
        judge_performance(regressions, settings),
    ]
    said = {result.status for result in results}
    status: Literal["pass", "warn", "fail", "unknown"] = "pass"
    if "fail" in said:
        status = "fail"
    elif "missing" in said:
        status = "unknown"
    elif "warn" in said:
        status = "warn"
    return Verdict(status=status, release=snapshot.release, commit=snapshot.commit, gates=results)


def judge_score(snapshot: Snapshot, settings: Settings) -> GateResult:
    """Hold the score to its minimum; a score that lacks a part passes with a warning."""
    gate = settings.quality_gates.quality_score
    bound, value = f"at least {gate.min:g}", snapshot.quality_score
    lacking = ", ".join(snapshot.score.missing)
    if value is None:
        return _absent("quality_score", gate, bound, f"no score: there is no evidence for {lacking}")
    if value < gate.min:
        return _failed("quality_score", gate, bound, value, f"{value:g} is below {gate.min:g}")
    if lacking:
        reason = f"{value:g}, but without evidence for {lacking}; a weight of 0 leaves a part out for good"
        return _result("quality_score", gate, bound, "warn", reason, value)
    return _result("quality_score", gate, bound, "pass", f"{value:g} of 100", value)


def judge_regressions(regressions: Regressions | None, settings: Settings) -> GateResult:
    """Count what blocks; slower benchmarks only where the performance gate blocks, too."""
    gate = settings.quality_gates.regressions
    bound = f"at most {gate.max}"
    if regressions is None:
        return _absent("regressions", gate, bound, "nothing was compared: detect-regressions did not run")
    worse = [one.metric for one in regressions.quality_regressions if one.blocking]
    if settings.quality_gates.performance.blocking:
        worse += [one.name for one in regressions.performance_regressions if one.blocking]
    count = len(worse)
    if count > gate.max:
        return _failed("regressions", gate, bound, count, f"{count} worse: {_some(worse)}")
    if regressions.baseline is None:
        reason = "first run: there is no baseline to compare with yet"
        return _result("regressions", gate, bound, "neutral", reason, count)
    others = regressions.total_regressions - count
    reason = f"{count} against {regressions.baseline}" + (
        f", and {others} that do not block" if others else ""
    )
    return _result("regressions", gate, bound, "pass", reason, count)


def judge_coverage(snapshot: Snapshot, settings: Settings, baseline: Snapshot | None) -> GateResult:
    """Hold line coverage to its minimum and, with the ratchet, to the baseline's.

    Changes of a few lines are not held to the ratchet: one line more or less says nothing there.
    """
    gate = settings.quality_gates.test_coverage
    value = snapshot.tests.coverage_percent
    before = baseline.tests.coverage_percent if baseline else None
    held = gate.ratchet and before is not None
    bound = f"at least {gate.min:g} %" + (f", and {before:g} % of the baseline" if held else "")
    if value is None:
        return _absent("test_coverage", gate, bound, "no coverage report was read")
    if value < gate.min:
        return _failed("test_coverage", gate, bound, value, f"{value:g} % is below {gate.min:g} %")
    if held and before is not None and value < before - _ROUNDING:
        lines = snapshot.changes.lines if snapshot.changes else None
        if lines is None or lines >= settings.minimum_change_lines:
            reason = f"{value:g} % is below the {before:g} % of the baseline"
            return _failed("test_coverage", gate, bound, value, reason)
        reason = f"{value:g} %, less than the baseline, but only {lines} lines changed"
        return _result("test_coverage", gate, bound, "pass", reason, value)
    return _result("test_coverage", gate, bound, "pass", f"{value:g} %", value)


def judge_vulnerabilities(snapshot: Snapshot, gate: VulnerabilityGate, today: dt.date) -> GateResult:
    """Count known vulnerabilities that no waiver accepts; what could not be looked up is said."""
    bound, known = f"at most {gate.max}", snapshot.dependencies
    accepted = {waiver.id.upper() for waiver in gate.waivers if waiver.expires >= today}
    expired = {waiver.id.upper(): waiver.expires for waiver in gate.waivers if waiver.expires < today}
    counted: list[Vulnerability] = []
    waived: list[Vulnerability] = []
    notes: list[str] = []
    for finding in known.findings:
        names = {name.upper() for name in (finding.id, *finding.aliases)}
        (waived if names & accepted else counted).append(finding)
        notes += [
            f"the waiver of {name} expired on {expired[name]}" for name in sorted(names & expired.keys())
        ]
    listed = _some([f"{one.package} {one.version} {one.id}".replace("  ", " ") for one in counted])
    if len(counted) > gate.max:
        reason = "; ".join([f"{len(counted)} known: {listed}", *notes])
        return _failed("vulnerabilities", gate, bound, len(counted), reason)
    if known.vulnerabilities is None:
        reason = next((one for one in snapshot.warnings if "vulnerabilities are" in one), "no audit was read")
        return _absent("vulnerabilities", gate, bound, reason)
    unchecked = [one.package for one in known.skipped if not one.expected]
    reason = f"{len(counted)} known" + (f", {len(waived)} waived" if waived else "")
    if unchecked:
        reason += f"; {len(unchecked)} dependencies could not be looked up: {_some(unchecked)}"
        return _result("vulnerabilities", gate, bound, "warn", reason, len(counted))
    if known.checked == 0:
        return _result("vulnerabilities", gate, bound, "warn", f"{reason}; the audit was given none", 0)
    status: Status = "waived" if waived else "pass"
    return _result("vulnerabilities", gate, bound, status, reason, len(counted))


def judge_performance(regressions: Regressions | None, settings: Settings) -> GateResult:
    """Hold every benchmark to the largest slowdown; only slowdowns beyond the noise are in the document."""
    gate = settings.quality_gates.performance
    bound = f"at most {gate.max_degradation_percent:g} % slower"
    if regressions is None:
        return _absent("performance", gate, bound, "nothing was compared: detect-regressions did not run")
    if not regressions.comparable or not regressions.measured:
        return _absent("performance", gate, bound, regressions.reason or "no benchmark was measured")
    slower = {
        one.name: one.change_percent
        for one in regressions.performance_regressions
        if one.change_percent is not None and one.change_percent > gate.max_degradation_percent
    }
    if slower:
        named = _some([f"{name} {change:+.1f} %" for name, change in slower.items()])
        return _failed("performance", gate, bound, max(slower.values()), f"slower: {named}")
    reason = f"none of {len(regressions.measured)} benchmarks is slower beyond the bound and the noise"
    worst = max((one.change_percent or 0 for one in regressions.performance_regressions), default=0)
    return _result("performance", gate, bound, "pass", reason, worst)


def _absent(name: GateName, gate: Gate, bound: str, reason: str) -> GateResult:
    stops: Status = "missing" if gate.blocking else "warn"
    counted_as: dict[str, Status] = {"fail": stops, "warn": "warn", "neutral": "neutral"}
    return _result(name, gate, bound, counted_as[gate.missing], reason, None)


def _failed(name: GateName, gate: Gate, bound: str, value: float, reason: str) -> GateResult:
    return _result(name, gate, bound, "fail" if gate.blocking else "warn", reason, value)


def _result(
    name: GateName, gate: Gate, bound: str, status: Status, reason: str, value: float | None
) -> GateResult:
    return GateResult(
        name=name, status=status, value=value, bound=bound, blocking=gate.blocking, reason=reason
    )


def _some(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
