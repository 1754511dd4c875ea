"""The rules of the gates, as a table: what is known, and what each gate says of it."""

from __future__ import annotations

import datetime as dt
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quality import documents
from quality.gate import EXIT_CODES
from quality.gates import decide
from quality.settings import Settings
from support.evidence import ENVIRONMENT, snapshot

TODAY = dt.date(2030, 1, 31)
FINDING = {"package": "jinja2", "version": "2.4.1", "id": "PYSEC-2021-66", "aliases": ["CVE-2020-28493"]}
SLOWER = {"name": "parse", "base_seconds": 1.0, "head_seconds": 1.2, "change_percent": 20.0, "blocking": True}
MEASURED = {"measured": [SLOWER]}


def regressions(**parts: Any) -> documents.Regressions:
    whole = {"current": "topic", "baseline": "main", "threshold_percent": 5.0, "comparable": True}
    return documents.Regressions.model_validate(whole | parts)


def verdict(
    *,
    gates: dict[str, Any] | None = None,
    compared: documents.Regressions | str | None = "same",
    baseline: documents.Snapshot | None = None,
    **parts: Any,
) -> documents.Verdict:
    settings = Settings.model_validate({"quality_gates": gates or {}})
    compared = regressions() if isinstance(compared, str) else compared
    return decide(snapshot(**parts), compared, settings, baseline=baseline, today=TODAY)


def gate(name: str, **parts: Any) -> documents.GateResult:
    return next(one for one in verdict(**parts).gates if one.name == name)


def test_a_snapshot_within_all_bounds_passes() -> None:
    found = verdict(compared=regressions(**MEASURED))
    assert found.status == "pass"
    assert {one.status for one in found.gates} == {"pass"}


@pytest.mark.parametrize(
    ("parts", "status", "reason"),
    [
        ({"quality_score": 80.0}, "pass", "80 of 100"),
        ({"quality_score": 79.9}, "fail", "79.9 is below 80"),
        ({"quality_score": 79.9, "gates": {"quality_score": {"blocking": False}}}, "warn", "below"),
        ({"quality_score": None, "score": {"missing": ["tests"]}}, "missing", "no evidence for tests"),
        ({"quality_score": None, "gates": {"quality_score": {"missing": "warn"}}}, "warn", "no score"),
        ({"quality_score": None, "gates": {"quality_score": {"missing": "neutral"}}}, "neutral", "no score"),
        ({"score": {"missing": ["smells"]}}, "warn", "without evidence for smells"),
    ],
)
def test_quality_score(parts: dict[str, Any], status: str, reason: str) -> None:
    found = gate("quality_score", **parts)
    assert (found.status, found.bound) == (status, "at least 80")
    assert reason in found.reason


FAILED_TEST = {"metric": "tests.failed", "base": 0, "head": 1, "blocking": True}
FEWER_SMELLS = {"metric": "code_quality.smells_count", "base": 1, "head": 2, "blocking": False}


@pytest.mark.parametrize(
    ("parts", "status", "reason"),
    [
        ({}, "pass", "0 against main"),
        ({"compared": regressions(quality_regressions=[FAILED_TEST])}, "fail", "1 worse: tests.failed"),
        (
            {
                "compared": regressions(quality_regressions=[FAILED_TEST]),
                "gates": {"regressions": {"max": 1}},
            },
            "pass",
            "1 a",
        ),
        (
            {"compared": regressions(quality_regressions=[FEWER_SMELLS], total_regressions=1)},
            "pass",
            "1 that do not block",
        ),
        ({"compared": regressions(performance_regressions=[SLOWER])}, "fail", "1 worse: parse"),
        (
            {
                "compared": regressions(performance_regressions=[SLOWER]),
                "gates": {"performance": {"blocking": False}},
            },
            "pass",
            "0 against main",
        ),
        ({"compared": None}, "missing", "did not run"),
        ({"compared": regressions(baseline=None)}, "neutral", "first run"),
        ({"compared": regressions(baseline=None, quality_regressions=[FAILED_TEST])}, "fail", "tests.failed"),
    ],
)
def test_regressions(parts: dict[str, Any], status: str, reason: str) -> None:
    found = gate("regressions", **parts)
    assert found.status == status
    assert reason in found.reason


def covered(percent: float | None) -> dict[str, Any]:
    return {"coverage_percent": percent}


RATCHET = {"gates": {"test_coverage": {"ratchet": True, "blocking": True}}}


@pytest.mark.parametrize(
    ("parts", "status", "reason"),
    [
        ({"tests": covered(80.0)}, "pass", "80 %"),
        ({"tests": covered(79.9)}, "warn", "79.9 % is below 80 %"),
        ({"tests": covered(79.9), "gates": {"test_coverage": {"blocking": True}}}, "fail", "below"),
        ({"tests": covered(None)}, "warn", "no coverage report"),
        (
            {"tests": covered(None), "gates": {"test_coverage": {"blocking": True, "missing": "fail"}}},
            "missing",
            "no",
        ),
        ({"tests": covered(90.0), **RATCHET}, "pass", "90 %"),
        (
            {"tests": covered(90.0), "baseline": snapshot(tests=covered(91.0)), **RATCHET},
            "fail",
            "91 % of the baseline",
        ),
        ({"tests": covered(91.0), "baseline": snapshot(tests=covered(91.004)), **RATCHET}, "pass", "91 %"),
        ({"tests": covered(90.0), "baseline": snapshot(tests=covered(91.0))}, "pass", "90 %"),
        (
            {
                "tests": covered(90.0),
                "baseline": snapshot(tests=covered(91.0)),
                "changes": {"base": "b", "files": 1, "lines": 19},
                **RATCHET,
            },
            "pass",
            "only 19 lines changed",
        ),
        (
            {
                "tests": covered(90.0),
                "baseline": snapshot(tests=covered(91.0)),
                "changes": {"base": "b", "files": 1, "lines": 20},
                **RATCHET,
            },
            "fail",
            "below the 91 %",
        ),
    ],
)
def test_coverage_with_and_without_the_ratchet(parts: dict[str, Any], status: str, reason: str) -> None:
    found = gate("test_coverage", **parts)
    assert found.status == status
    assert reason in found.reason


def audited(*findings: dict[str, Any], number: int | None = -1, **more: Any) -> dict[str, Any]:
    return {"findings": list(findings), "vulnerabilities": len(findings) if number == -1 else number} | more


def waiver(identifier: str, expires: str) -> dict[str, Any]:
    return {
        "gates": {"vulnerabilities": {"waivers": [{"id": identifier, "reason": "r", "expires": expires}]}}
    }


@pytest.mark.parametrize(
    ("parts", "status", "reason"),
    [
        ({"dependencies": audited()}, "pass", "0 known"),
        ({"dependencies": audited(FINDING)}, "fail", "1 known: jinja2 2.4.1 PYSEC-2021-66"),
        ({"dependencies": audited(FINDING), "gates": {"vulnerabilities": {"max": 1}}}, "pass", "1 known"),
        ({"dependencies": audited(FINDING), **waiver("PYSEC-2021-66", "2030-01-31")}, "waived", "1 waived"),
        ({"dependencies": audited(FINDING), **waiver("cve-2020-28493", "2030-01-31")}, "waived", "1 waived"),
        (
            {"dependencies": audited(FINDING), **waiver("CVE-2020-28493", "2030-01-30")},
            "fail",
            "expired on 2030-01-30",
        ),
        ({"dependencies": audited(FINDING), **waiver("CVE-1", "2030-01-31")}, "fail", "1 known"),
        ({"dependencies": audited(number=None)}, "missing", "no audit was read"),
        (
            {
                "dependencies": audited(number=None),
                "warnings": ["a.json: offline; vulnerabilities are not known"],
            },
            "missing",
            "offline",
        ),
        ({"dependencies": audited(FINDING, number=None)}, "fail", "1 known"),
        (
            {"dependencies": audited(skipped=[{"package": "a", "reason": "r"}])},
            "warn",
            "could not be looked up: a",
        ),
        (
            {"dependencies": audited(skipped=[{"package": "a", "reason": "r", "expected": True}])},
            "pass",
            "0 known",
        ),
        ({"dependencies": audited(checked=0)}, "warn", "given none"),
    ],
)
def test_vulnerabilities(parts: dict[str, Any], status: str, reason: str) -> None:
    found = gate("vulnerabilities", **parts)
    assert found.status == status
    assert reason in found.reason


@pytest.mark.parametrize(
    ("compared", "status", "reason"),
    [
        (regressions(**MEASURED), "pass", "none of 1 benchmarks"),
        (regressions(performance_regressions=[SLOWER], **MEASURED), "fail", "parse +20.0 %"),
        (regressions(), "neutral", "no benchmark"),
        (regressions(comparable=False, reason="other machine", **MEASURED), "neutral", "other machine"),
        (None, "neutral", "did not run"),
    ],
)
def test_performance(compared: documents.Regressions | None, status: str, reason: str) -> None:
    found = gate("performance", compared=compared)
    assert found.status == status
    assert reason in found.reason


def test_a_slowdown_below_the_gate_s_own_bound_passes() -> None:
    compared = regressions(performance_regressions=[SLOWER], **MEASURED)
    found = gate("performance", compared=compared, gates={"performance": {"max_degradation_percent": 25}})
    assert (found.status, found.value) == ("pass", 20.0)


def test_a_failure_says_more_than_missing_evidence() -> None:
    assert verdict(quality_score=10.0, compared=None).status == "fail"
    assert verdict(compared=None).status == "unknown"
    assert EXIT_CODES == {"pass": 0, "warn": 0, "fail": 1, "unknown": 2}


def test_a_first_run_passes_and_says_that_there_is_no_baseline() -> None:
    found = verdict(compared=regressions(baseline=None, comparable=False, reason="no baseline"))
    assert found.status == "pass"
    assert [one.status for one in found.gates if one.name in {"regressions", "performance"}] == [
        "neutral"
    ] * 2


_MISSING = st.sampled_from(["fail", "warn"])


@given(st.fixed_dictionaries(dict.fromkeys(typing.get_args(documents.GateName), _MISSING)), st.booleans())
def test_nothing_known_never_passes_silently(missing: dict[str, str], blocking: bool) -> None:  # noqa: FBT001
    gates = {name: {"missing": said, "blocking": blocking} for name, said in missing.items()}
    empty = documents.Snapshot.model_validate({"release": "r", "environment": ENVIRONMENT})
    settings = Settings.model_validate({"quality_gates": gates})
    found = decide(empty, None, settings, baseline=None, today=TODAY)
    assert {one.status for one in found.gates} <= {"missing", "warn"}
    assert (found.status == "unknown") == (blocking and "fail" in missing.values())
