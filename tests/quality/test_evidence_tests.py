"""Test results and coverage are read in the formats of all languages; two reports of one run count once."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from quality import documents
from quality.errors import QualityError
from quality.evidence.coverage import read_coverage
from quality.evidence.files import find_evidence
from quality.evidence.junit import read_tests
from support.evidence import JACOCO, LCOV, SUREFIRE, evidence

if TYPE_CHECKING:
    from pathlib import Path

    from support.quality_project import QualityProject

COBERTURA = """<?xml version="1.0" ?><!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage line-rate="0.5"><packages><package><classes><class filename="src/prices.js"><lines>
<line number="1" hits="1"/><line number="2" hits="1" branch="true" condition-coverage="50% (1/2)"/>
<line number="3" hits="0"/></lines></class></classes></package></packages></coverage>"""


def coverage(directory: Path, *contents: str) -> documents.Tests:
    tests = documents.Tests()
    read_coverage(
        [evidence(directory, content, f"reports/{at}") for at, content in enumerate(contents)], tests
    )
    return tests


def test_surefire_results_are_counted_by_test_not_by_the_suite_s_word(tmp_path: Path) -> None:
    tests = documents.Tests()
    wrong_counts = SUREFIRE.replace('tests="4"', 'tests="400"')
    read_tests([evidence(tmp_path, wrong_counts, "reports/TEST-a.xml")], tests)
    assert (tests.total, tests.failed, tests.errors, tests.skipped) == (4, 1, 1, 1)
    assert tests.duration_seconds == pytest.approx(0.2)
    assert [(one.id, one.message) for one in tests.failures] == [
        ("org.shop.PricesTest::dear", "expected: <1> but was: <2>"),
        ("org.shop.PricesTest::broken", "boom"),
    ]


def test_several_files_are_one_run(tmp_path: Path) -> None:
    tests = documents.Tests()
    files = [evidence(tmp_path, SUREFIRE, f"reports/TEST-{name}.xml") for name in "ab"]
    read_tests(files, tests)
    assert (tests.total, len(tests.failures)) == (8, 4)


def test_thousands_of_failures_are_counted_but_not_all_kept(tmp_path: Path) -> None:
    case = '<testcase name="t" classname="c"><failure message="m"/></testcase>'
    tests = documents.Tests()
    read_tests([evidence(tmp_path, f"<testsuites>{case * 5000}</testsuites>", "reports/junit.xml")], tests)
    assert (tests.failed, len(tests.failures)) == (5000, 500)


@pytest.mark.parametrize("report", [LCOV, COBERTURA])
def test_lines_and_branches_of_javascript(tmp_path: Path, report: str) -> None:
    tests = coverage(tmp_path, report)
    assert (tests.lines_covered, tests.lines_total, tests.branch_percent) == (2, 3, 50.0)
    assert tests.coverage_percent == pytest.approx(66.67)


def test_lines_and_branches_of_java(tmp_path: Path) -> None:
    tests = coverage(tmp_path, JACOCO)
    assert (tests.lines_covered, tests.lines_total, tests.branch_percent) == (2, 3, 50.0)


def test_the_same_run_in_two_formats_counts_once(tmp_path: Path) -> None:
    tests = coverage(tmp_path, LCOV, COBERTURA)
    assert (tests.lines_covered, tests.lines_total) == (2, 3)


def test_two_runs_are_united(tmp_path: Path) -> None:
    other_half = LCOV.replace("DA:3,0", "DA:3,1").replace("DA:2,1", "DA:2,0")
    assert coverage(tmp_path, LCOV, other_half).coverage_percent == 100.0


def test_coverage_py_says_the_same_in_both_of_its_formats(sample: QualityProject) -> None:
    sample.test_with_coverage()
    sample.python("-m", "coverage", "json", "-q", "-o", "reports/coverage.json")
    read = {}
    for name in ("coverage.xml", "coverage.json"):
        tests = documents.Tests()
        read_coverage(find_evidence(sample.root, [f"reports/{name}"]), tests)
        read[name] = tests
    both = documents.Tests()
    read_coverage(find_evidence(sample.root, ["reports/coverage.*"]), both)
    assert read["coverage.xml"] == read["coverage.json"] == both
    assert (both.lines_total, both.branch_percent) == (4, 100.0)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_what_node_s_own_runner_writes_is_read(tmp_path: Path) -> None:
    test = """import test from 'node:test'; import assert from 'node:assert'; import { price } from './prices.mjs';
test('cheap', () => { assert.equal(price(1), 2); });
test('dear', () => { assert.equal(price(1), 3, 'too dear'); });
test('later', { skip: true }, () => {});
"""
    (tmp_path / "prices.mjs").write_text(
        "export function price(n) {\n  if (n > 3) {\n    return 1;\n  }\n  return 2;\n}\n"
    )
    (tmp_path / "prices.test.mjs").write_text(test)
    (tmp_path / "reports").mkdir()
    command = ["node", "--test", "--experimental-test-coverage"]
    for reporter, name in (("junit", "junit.xml"), ("lcov", "lcov.info")):
        command += [f"--test-reporter={reporter}", f"--test-reporter-destination=reports/{name}"]
    subprocess.run([*command, "prices.test.mjs"], cwd=tmp_path, check=False, capture_output=True)
    tests = documents.Tests()
    read_tests(find_evidence(tmp_path, ["reports/junit.xml"]), tests)
    (evidence_of_lines,), _ = read_coverage(find_evidence(tmp_path, ["reports/lcov.info"]), tests)
    assert (tests.total, tests.failed, tests.skipped) == (3, 1, 1)
    assert tests.failures[0].id.endswith("dear")
    assert "too dear" in tests.failures[0].message
    assert evidence_of_lines.format == "lcov"
    assert 60 < (tests.coverage_percent or 0) < 100


def test_coverage_without_a_line_is_unknown_and_said(tmp_path: Path) -> None:
    tests = documents.Tests()
    empty = evidence(tmp_path, "<coverage><packages/></coverage>", "reports/coverage.xml")
    _, warnings = read_coverage([empty], tests)
    assert tests.coverage_percent is None
    assert "measures no line" in warnings[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("<coverage>", "not well-formed"),
        ("<html/>", "root is <html>"),
        ("{}", "not a coverage report"),
        ("[]", "known format"),
        ("DA:1,1\n", "known format"),
        ("SF:a\nDA:one,1\nend_of_record\n", "not a coverage report"),
        ('<coverage><class filename="a"><lines><line hits="1"/></lines></class></coverage>', "KeyError"),
    ],
)
def test_an_unusable_coverage_report_is_an_error(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(QualityError, match=message):
        coverage(tmp_path, content)


@pytest.mark.parametrize(
    "content", ["", "<testsuites>", "<html/>", '<testsuite><testcase time="soon"/></testsuite>']
)
def test_an_unusable_test_report_is_an_error(tmp_path: Path, content: str) -> None:
    with pytest.raises(QualityError):
        read_tests([evidence(tmp_path, content, "reports/junit.xml")], documents.Tests())


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><testsuite><testcase name="&c;"/></testsuite>'
    assert ET.fromstring(bomb)[0].get("name") == "bbbb"  # noqa: S314 (what the standard library does)
    with pytest.raises(QualityError, match="EntitiesForbidden"):
        read_tests([evidence(tmp_path, bomb, "reports/junit.xml")], documents.Tests())


def test_what_the_tool_writes_itself_is_no_evidence(tmp_path: Path) -> None:
    for name in ("quality-report.sarif", "quality-report.sarif.json", "quality-report.codequality.json"):
        evidence(tmp_path, {}, f"reports/{name}")
    ruff = evidence(tmp_path, {}, "reports/ruff.sarif")
    assert [file.name for file in find_evidence(tmp_path, ["reports/**/*"])] == [ruff.name]


def test_a_pattern_outside_of_the_project_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(QualityError, match="not a pattern"):
        find_evidence(tmp_path, ["/etc/*.xml"])
