# mypy: disable-error-code="import-not-found,import-untyped,no-untyped-call"
"""The gates as test cases: GitLab, Jenkins and others show JUnit XML wherever they show tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from quality.reporting.text import gate_value, label, visible

if TYPE_CHECKING:
    from quality.documents import GateResult
    from quality.reporting.model import Report

_OUTCOMES = {"fail": Failure, "missing": Error, "neutral": Skipped}


def render(report: Report) -> str:
    """Return one test case a gate: failed, broken for want of evidence, skipped with nothing to compare, or passed.

    JUnit knows no warnings: such a gate passes, and its output says why.

    Args:
        report: What is known.
    """
    suite = TestSuite("quality gates")
    suite.timestamp = report.snapshot.created.isoformat()
    for gate in report.verdict.gates:
        suite.add_testcase(_case(gate))
    document = JUnitXml("quality gates")
    document.add_testsuite(suite)
    document.update_statistics()
    text: bytes = document.tostring()
    return text.decode("utf-8") + "\n"


def _case(gate: GateResult) -> TestCase:
    case = TestCase(label(gate.name), classname="quality gates", time=0)
    said = f"{visible(gate.reason)} (measured {gate_value(gate)}, bound {visible(gate.bound)})"
    outcome = _OUTCOMES.get(gate.status)
    if outcome:
        case.result = [outcome(said, gate.status)]
    elif gate.status != "pass":
        case.system_out = f"{gate.status}: {said}"
    else:
        case.system_out = said
    return case
