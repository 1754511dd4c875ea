"""Audits of all formats give the same findings, and an audit that asked nobody is unknown, not clean."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quality import documents
from quality.errors import QualityError
from quality.evidence.audits import read_audits
from support import evidence

if TYPE_CHECKING:
    from pathlib import Path

MINIMIST = "GHSA-xvch-5gv4-984h"


def read(
    directory: Path, *contents: object, own: tuple[str, ...] = ()
) -> tuple[documents.Dependencies, list[str]]:
    found = documents.Dependencies()
    files = [
        evidence.evidence(directory, content, f"reports/audit{at}.json")
        for at, content in enumerate(contents)
    ]
    _, warnings = read_audits(files, found, own)
    return found, warnings


@pytest.mark.parametrize(
    ("report", "package", "identifier", "fixed", "checked"),
    [
        (evidence.PIP_AUDIT, "jinja2", "PYSEC-2021-66", ["2.11.3"], 2),
        (evidence.NPM_AUDIT, "minimist", MINIMIST, ["mkdirp 1.0.4"], 2),
        (evidence.PNPM_AUDIT, "minimist", MINIMIST, [">=0.2.4"], 2),
        (evidence.YARN_CLASSIC_AUDIT, "minimist", MINIMIST, [">=0.2.4"], 2),
        (evidence.YARN_AUDIT, "minimist", MINIMIST, [], None),
        (
            evidence.OSV_SCANNER,
            "org.apache.logging.log4j:log4j-core",
            "GHSA-jfh8-c2jp-5v3q",
            ["2.15.0"],
            None,
        ),
        (evidence.DEPENDENCY_CHECK, "org.apache.logging.log4j:log4j-core", "CVE-2021-44228", [], 2),
    ],
    ids=["pip-audit", "npm", "pnpm", "yarn-1", "yarn-4", "osv-scanner", "dependency-check"],
)
def test_one_vulnerability_is_found_in_each_format(
    tmp_path: Path, report: object, package: str, identifier: str, fixed: list[str], checked: int | None
) -> None:
    found, warnings = read(tmp_path, report)
    assert [(one.package, one.id, one.fixed_in) for one in found.findings] == [(package, identifier, fixed)]
    assert (found.vulnerabilities, found.checked, warnings) == (1, checked, [])


@pytest.mark.parametrize(
    "clean",
    [
        evidence.PASSING_AUDIT,
        {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"dependencies": {"total": 7}}},
        {"advisories": {}, "metadata": {"totalDependencies": 3}},
        evidence.YARN_AUDIT_CLEAN,
        {"results": []},
    ],
)
def test_an_audit_that_answered_and_found_nothing_is_zero(tmp_path: Path, clean: object) -> None:
    found, warnings = read(tmp_path, clean)
    assert (found.vulnerabilities, warnings) == (0, [])


def test_two_audits_of_one_vulnerability_count_once(tmp_path: Path) -> None:
    found, _ = read(tmp_path, evidence.OSV_SCANNER, evidence.DEPENDENCY_CHECK)
    assert [(one.id, one.aliases) for one in found.findings] == [("GHSA-jfh8-c2jp-5v3q", ["CVE-2021-44228"])]


def test_pip_audit_that_looked_up_nothing_is_unknown_although_it_exits_with_0(tmp_path: Path) -> None:
    found, warnings = read(tmp_path, evidence.PIP_AUDIT_OFFLINE)
    assert found.vulnerabilities is None
    assert "none of 1 dependencies could be looked up" in warnings[0]


def test_the_project_itself_among_its_dependencies_is_expected_not_to_be_found(tmp_path: Path) -> None:
    report = {
        "dependencies": [
            *evidence.PASSING_AUDIT["dependencies"],
            {
                "name": "shop",
                "skip_reason": "Dependency not found on PyPI and could not be audited: shop (1)",
            },
            {"name": "lib", "skip_reason": "distribution marked as editable"},
            {"name": "inhouse", "skip_reason": "Dependency not found on PyPI and could not be audited"},
        ],
        "fixes": [],
    }
    found, _ = read(tmp_path, report, own=("shop",))
    assert found.vulnerabilities == 0
    assert [(one.package, one.expected) for one in found.skipped] == [
        ("shop", True),
        ("lib", True),
        ("inhouse", False),
    ]


@pytest.mark.parametrize(
    ("failed", "reason"),
    [
        (evidence.NPM_AUDIT_UNREACHABLE, "405 Method Not Allowed"),
        (
            {"error": {"code": "ENOLOCK", "summary": "This command requires an existing lockfile."}},
            "lockfile",
        ),
        (
            '{"type":"error","name":35,"displayName":"YN0035","data":"The remote server failed"}\n',
            "remote server",
        ),
        ('{"type":"auditAdvisory","data":{"advisory":{"module_name":"a","id":1}}}\n', "without a summary"),
    ],
)
def test_an_audit_that_could_not_ask_is_unknown(tmp_path: Path, failed: object, reason: str) -> None:
    found, warnings = read(tmp_path, failed)
    assert found.vulnerabilities is None
    assert reason in warnings[0]


def test_one_unreachable_audit_of_two_makes_the_number_unknown_and_keeps_the_findings(tmp_path: Path) -> None:
    found, _ = read(tmp_path, evidence.PIP_AUDIT, evidence.NPM_AUDIT_UNREACHABLE)
    assert found.vulnerabilities is None
    assert [one.id for one in found.findings] == ["PYSEC-2021-66"]


def test_without_an_audit_the_number_is_unknown(tmp_path: Path) -> None:
    assert read(tmp_path)[0].vulnerabilities is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ("{", "not valid JSON"),
        ("{}", "known format"),
        ("[]", "known format"),
        ("null", "known format"),
        ('{"findings": []}', "known format"),
        ('{"dependencies": [{"name": "a"}], "fixes": []}', "not a report of pip-audit"),
        ('{"auditReportVersion": 2, "vulnerabilities": {}}', "not a report of npm audit"),
        (b"\xff\xfe\x00", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_a_file_that_says_nothing_is_an_error_with_its_name(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    with pytest.raises(QualityError, match=message) as caught:
        read(tmp_path, content)
    assert caught.value.where == "reports/audit0.json"


def _places(value: object) -> list[tuple[Any, Any]]:
    """Return every container of a JSON value with every key into it."""
    inside = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return [(value, key) for key, _ in inside] + [place for _, item in inside for place in _places(item)]


@given(st.data())
def test_a_damaged_report_is_an_error_or_read_but_never_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    report = data.draw(
        st.sampled_from([evidence.PIP_AUDIT, evidence.NPM_AUDIT, evidence.OSV_SCANNER, evidence.PNPM_AUDIT])
    )
    damaged = json.loads(json.dumps(report))
    container, key = data.draw(st.sampled_from(_places(damaged)))
    container[key] = data.draw(st.sampled_from([None, [], {}, "text", 7, [None], {"a": 1}]))
    try:
        found, _ = read(tmp_path_factory.mktemp("damaged"), damaged)
    except QualityError:
        return
    assert found.vulnerabilities is None or found.vulnerabilities == len(found.findings)
