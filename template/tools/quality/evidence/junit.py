# mypy: disable-error-code="import-not-found,import-untyped,no-untyped-call"
"""Reads JUnit XML: pytest, Surefire and Gradle, jest-junit, Vitest, Mocha, node's own runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junitparser import Error, TestCase
from junitparser import Failure as FailureElement

from quality.documents import Evidence, Failure, Tests

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from quality.evidence.files import EvidenceFile

_ROOTS = {"testsuites", "testsuite"}
_MOST_FAILURES = 500
_LONGEST_MESSAGE = 2000


def read_tests(files: Sequence[EvidenceFile], tests: Tests) -> list[Evidence]:
    """Add the results of all files.

    Args:
        files: JUnit XML files; together they are one run.
        tests: Gets the numbers and the failures; nothing without files.

    Returns:
        What was read.

    Raises:
        QualityError: A file is not JUnit XML.
    """
    if not files:
        return []
    tests.total = tests.failed = tests.errors = tests.skipped = 0
    seconds = 0.0
    for file in files:
        root = file.xml()
        if root.tag not in _ROOTS:
            raise file.problem(f"is not JUnit XML: its root is <{root.tag}>")
        # Not the counts of the suites: writers disagree on what these hold.
        for element in root.iter("testcase"):
            try:
                seconds += _add(element, tests)
            except ValueError as error:
                raise file.problem(f"is not JUnit XML: {error}") from None
    tests.duration_seconds = round(seconds, 3)
    return [Evidence(kind="tests", file=file.name, format="JUnit XML") for file in files]


def _add(element: Element, tests: Tests) -> float:
    case: TestCase = TestCase.fromelem(element)
    tests.total = (tests.total or 0) + 1
    if case.is_error:
        tests.errors = (tests.errors or 0) + 1
    elif case.is_failure:
        tests.failed = (tests.failed or 0) + 1
    elif case.is_skipped:
        tests.skipped = (tests.skipped or 0) + 1
    if (case.is_error or case.is_failure) and len(tests.failures) < _MOST_FAILURES:
        result = next(one for one in case.result if isinstance(one, (Error, FailureElement)))
        message = (result.message or result.text or "").strip()
        name = "::".join(part for part in (case.classname, case.name) if part)
        tests.failures.append(Failure(id=name or "(unnamed)", message=message[:_LONGEST_MESSAGE]))
    return float(case.time or 0)
