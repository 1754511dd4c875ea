"""The formats that other tools read: JSON, JUnit XML, SARIF, GitLab's code quality."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped
from quality.documents import CodeQuality, Smell, Snapshot, Verdict
from quality.evidence.junit import read_tests
from quality.evidence.smells import read_smells
from quality.reporting import codequality, junit, sarif, whole
from quality.reporting.findings import findings
from support import quality_reports
from support.evidence import evidence

if TYPE_CHECKING:
    from pathlib import Path

    from quality.reporting.model import Report

EVERY = pytest.mark.parametrize("name", quality_reports.EVERY)


def whole_of(report: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(whole.render(report))
    return document


@EVERY
def test_the_whole_document_holds_the_documents_it_was_made_of(name: str) -> None:
    report = quality_reports.EVERY[name]()
    document = whole_of(report)
    assert Snapshot.model_validate(document["snapshot"]) == report.snapshot
    assert Verdict.model_validate(document["verdict"]) == report.verdict
    assert len(document["history"]) == len(report.history)
    assert document["settings"]["quality_gates"]["quality_score"]["min"] == 80


def test_the_whole_document_names_changes_and_the_first_run() -> None:
    failing = whole_of(quality_reports.failing())
    assert failing["changes"][0] == {
        "name": "Quality score",
        "before": "88.5",
        "after": "75.4",
        "difference": "−13.1",
        "direction": "worse",
    }
    assert (failing["first_run"], whole_of(quality_reports.first_run())["first_run"]) == (False, True)


@EVERY
def test_each_gate_is_a_test_case(name: str) -> None:
    report = quality_reports.EVERY[name]()
    suites = JUnitXml.fromstring(junit.render(report).encode())
    (suite,) = suites
    outcomes = {case.name.replace(" ", "_"): type(case.result[0]) if case.result else None for case in suite}
    expected = {"fail": Failure, "missing": Error, "neutral": Skipped}
    assert outcomes == {gate.name: expected.get(gate.status) for gate in report.gates}
    assert suites.tests == 5
    assert suites.failures == sum(gate.status == "fail" for gate in report.gates)


def test_the_tool_s_own_reader_of_test_results_takes_the_gates(tmp_path: Path) -> None:
    from quality.documents import Tests

    tests = Tests()
    read_tests([evidence(tmp_path, junit.render(quality_reports.failing()), "reports/junit.xml")], tests)
    assert (tests.total, tests.failed) == (5, 3)


def test_a_gate_that_warns_says_why_in_its_output() -> None:
    assert "<system-out>warn: 76.5 is below 80" in junit.render(quality_reports.first_run())


def test_sarif_names_file_and_line_of_what_is_wrong() -> None:
    report = quality_reports.failing()
    report.gate_lines["quality_score"] = 7
    run = json.loads(sarif.render(report))["runs"][0]
    placed = {
        (result["ruleId"], result["level"]): (
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in reversed(run["results"])
    }
    assert placed["gate-quality-score", "error"] == (".quality-gates.yaml", 7)
    assert placed["gate-test-coverage", "warning"] == (".quality-gates.yaml", 1)
    assert placed["complexity", "warning"] == ("shop/checkout_total.py", 20)
    assert placed["S608", "note"] == ("shop/ledger_close_month.py", 88)
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_the_tool_s_own_reader_of_findings_takes_the_sarif(tmp_path: Path) -> None:
    code = CodeQuality()
    read_smells([evidence(tmp_path, sarif.render(quality_reports.failing()), "reports/x.sarif")], code)
    assert code.smells_count == len(findings(quality_reports.failing())) == 11


def test_a_path_with_spaces_and_marks_is_a_valid_uri() -> None:
    report = quality_reports.passing()
    report.snapshot.code_quality.smells[:] = [Smell(rule="R1", message="m", file="a dir/x#1%.py", line=0)]
    result = json.loads(sarif.render(report))["runs"][0]["results"][-1]
    place = result["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "a%20dir/x%231%25.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1},
    }


@EVERY
def test_fingerprints_are_unique(name: str) -> None:
    found = findings(quality_reports.EVERY[name]())
    assert len({one.fingerprint for one in found}) == len(found)


def test_a_fingerprint_stays_when_the_line_moves() -> None:
    before, after = quality_reports.passing(), quality_reports.passing()
    for smell in after.snapshot.code_quality.smells:
        smell.line += 40
    assert after.snapshot.code_quality.complexity
    for function in after.snapshot.code_quality.complexity.worst:
        function.line += 40
    assert [one.fingerprint for one in findings(before)] == [one.fingerprint for one in findings(after)]
    assert [one.line for one in findings(before)] != [one.line for one in findings(after)]


@EVERY
def test_gitlab_gets_the_fields_it_needs(name: str) -> None:
    issues = json.loads(codequality.render(quality_reports.EVERY[name]()))
    for issue in issues:
        assert issue["description"]
        assert issue["check_name"]
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith(("./", "/"))
    assert len(issues) == len(findings(quality_reports.EVERY[name]()))
