"""What counts as worse than the baseline."""

from __future__ import annotations

from typing import Any

import pytest
from quality.documents import Benchmarks, Environment, Snapshot
from quality.errors import QualityError
from quality.performance_changes import compare_performance
from quality.quality_changes import quality_changes
from quality.regressions import detect
from quality.settings import Settings

MACHINE = Environment(cpu="x", cores=2, memory_mb=1, os="y", fingerprint="z")


def snapshot(**parts: Any) -> Snapshot:
    return Snapshot.model_validate({"schema": 1, "release": "r", "environment": MACHINE, **parts})


def changes(current: Snapshot, baseline: Snapshot | None, **settings: Any) -> dict[str, bool]:
    """What is worse, and whether it blocks."""
    found = quality_changes(current, baseline, Settings.model_validate(settings))
    return {change.metric: change.blocking for change in found}


def results(failed: int, *ids: str, coverage: float | None = None) -> dict[str, Any]:
    failures = [{"id": one} for one in ids]
    return {"total": 9, "failed": failed, "errors": 0, "failures": failures, "coverage_percent": coverage}


def vulnerable(*names: str) -> dict[str, Any]:
    findings = [{"package": "p", "id": name, "aliases": [f"{name}-alias"]} for name in names]
    return {"vulnerabilities": len(names), "findings": findings}


@pytest.mark.parametrize("baseline", [None, snapshot(tests=results(2, "a", "b"))])
def test_failed_tests_count_always(baseline: Snapshot | None) -> None:
    assert changes(snapshot(tests=results(1, "a")), baseline) == {"tests.failed": True}


def test_tests_that_fail_since_the_baseline_are_named() -> None:
    (change,) = quality_changes(
        snapshot(tests=results(2, "a", "b")), snapshot(tests=results(1, "a")), Settings()
    )
    assert (change.base, change.head, change.detail) == (1, 2, "new: b")


def test_a_drop_of_coverage_blocks_as_its_gate_does() -> None:
    current, baseline = snapshot(tests=results(0, coverage=70)), snapshot(tests=results(0, coverage=80))
    assert changes(current, baseline) == {"tests.coverage_percent": False}
    gates = {"test_coverage": {"blocking": True}}
    assert changes(current, baseline, quality_gates=gates) == {"tests.coverage_percent": True}
    assert changes(baseline, current) == {}


def test_a_drop_in_a_change_of_few_lines_says_nothing() -> None:
    few = {"base": "b", "files": 1, "lines": 19}
    current = snapshot(tests=results(0, coverage=70), quality_score=70, changes=few)
    baseline = snapshot(tests=results(0, coverage=80), quality_score=80)
    assert changes(current, baseline) == {}
    assert set(changes(current, baseline, minimum_change_lines=19)) == {
        "tests.coverage_percent",
        "quality_score",
    }


def test_a_new_vulnerability_blocks_and_a_renamed_one_is_not_new() -> None:
    baseline = snapshot(dependencies=vulnerable("CVE-1"))
    assert changes(snapshot(dependencies=vulnerable("CVE-1-alias")), baseline) == {}
    assert changes(snapshot(dependencies=vulnerable("CVE-2")), baseline) == {
        "dependencies.vulnerabilities": True
    }


def test_what_is_unknown_on_one_side_is_not_compared() -> None:
    known = snapshot(
        tests=results(0, coverage=80),
        dependencies=vulnerable(),
        quality_score=90,
        code_quality={"smells_count": 0},
    )
    unknown = snapshot()
    assert changes(unknown, known) == {}
    assert changes(known, unknown) == {}


def test_more_findings_of_linters_are_listed_and_never_block() -> None:
    before, now = snapshot(code_quality={"smells_count": 1}), snapshot(code_quality={"smells_count": 2})
    assert changes(now, before) == {"code_quality.smells_count": False}


def benchmarks(head: list[float], **more: Any) -> Benchmarks:
    steady = [1.0, 1.01, 0.99, 1.0, 1.005, 0.995]
    arms = {"base": {"a": steady}, "head": {"a": head, "new": [1.0] * 6}, "base_again": {"a": steady[::-1]}}
    return Benchmarks.model_validate({"schema": 1, "environment": MACHINE, "arms": arms, **more})


SLOWER = [1.3, 1.31, 1.29, 1.3, 1.32, 1.28]


def test_a_slower_benchmark_blocks_as_its_gate_does() -> None:
    performance = compare_performance(benchmarks(SLOWER), "", threshold=5, seed=1)
    found = [
        detect(
            snapshot(),
            None,
            performance,
            Settings.model_validate({"quality_gates": {"performance": {"blocking": blocking}}}),
            threshold=5,
        )
        for blocking in (True, False)
    ]
    assert [one.blocking_regressions for one in found] == [1, 0]
    assert [one.total_regressions for one in found] == [1, 1]
    (slower,) = found[0].performance_regressions
    assert slower.change_percent == pytest.approx(30, abs=2)
    assert {one.name: one.base_seconds for one in found[0].measured} == {
        "a": pytest.approx(1, abs=0.02),
        "new": None,
    }


def test_a_faster_benchmark_is_an_improvement() -> None:
    performance = compare_performance(benchmarks([0.7] * 6), "", threshold=5, seed=1)
    assert ([one.name for one in performance.faster], performance.slower) == (["a"], [])


def test_noise_that_hides_a_slowdown_is_said() -> None:
    restless = [1.0, 1.6, 1.0, 1.5, 0.9, 1.4]
    performance = compare_performance(benchmarks(restless), "", threshold=5, seed=1)
    assert performance.slower == []
    assert performance.notes == ["too noisy to rule out a slowdown of 10 %: a; more rounds would tell"]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param(None, "no benchmarks were run", id="no document"),
        pytest.param(benchmarks(SLOWER, reason="no base"), "no base", id="its own reason"),
        pytest.param(
            benchmarks(SLOWER, commits={"head": "1" * 40}),
            "the benchmarks are of commit 111111111111, the snapshot is of 222222222222",
            id="another commit",
        ),
        pytest.param(
            benchmarks(SLOWER, arms={"head": {"a": SLOWER}}),
            "no benchmark was measured in base, too",
            id="head alone",
        ),
    ],
)
def test_what_cannot_be_compared_never_is(document: Benchmarks | None, reason: str) -> None:
    performance = compare_performance(document, "2" * 40, threshold=5, seed=1)
    assert (performance.reason, performance.slower) == (reason, [])
    assert detect(snapshot(), None, performance, Settings(), threshold=5).comparable is False


def test_rounds_that_are_not_paired_are_an_error_with_a_name() -> None:
    arms = {"base": {"a": SLOWER}, "head": {"a": SLOWER[1:]}, "base_again": {"a": SLOWER}}
    with pytest.raises(QualityError, match=r"s\.py: cannot be compared: a round lacks one of its arms"):
        compare_performance(benchmarks(SLOWER, arms=arms, suite="s.py"), "", threshold=5, seed=1)
