"""The score is what `.quality-gates.yaml` says it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quality.score import points, score
from quality.settings import Bounds, ScoreFormula
from support.evidence import snapshot

COMPLEXITY = {"functions": 100, "mean": 3.0, "limit": 15, "complex": 2}


def formula(**weights: float) -> ScoreFormula:
    parts = {name: {"weight": weights.get(name, 0), **bounds} for name, bounds in _BOUNDS.items()}
    return ScoreFormula.model_validate({"parts": parts})


_BOUNDS = {
    "tests": {"full_at": 100, "zero_at": 90},
    "coverage": {"full_at": 90, "zero_at": 30},
    "smells": {"full_at": 0, "zero_at": 20},
    "complexity": {"full_at": 0, "zero_at": 10},
    "vulnerabilities": {"full_at": 0, "zero_at": 5},
}


@pytest.mark.parametrize(
    ("part", "parts", "expected"),
    [
        ("tests", {"tests": {"total": 12, "skipped": 2, "failed": 0, "errors": 0}}, 100.0),
        ("tests", {"tests": {"total": 102, "skipped": 2, "failed": 3, "errors": 2}}, 50.0),
        ("coverage", {"tests": {"coverage_percent": 60.0}}, 50.0),
        ("coverage", {"tests": {"coverage_percent": 95.0}}, 100.0),
        ("smells", {"code_quality": {"smells_count": 20, "lines": 2000}}, 50.0),
        ("smells", {"code_quality": {"smells_count": 1, "lines": 50}}, 95.0),
        ("complexity", {"code_quality": {"complexity": COMPLEXITY}}, 80.0),
        ("vulnerabilities", {"dependencies": {"vulnerabilities": 1}}, 80.0),
    ],
)
def test_each_part_gives_its_points(part: str, parts: dict[str, Any], expected: float) -> None:
    value, how = score(snapshot(**parts), formula(**{part: 1}))
    assert value == how.parts[part].points == expected


def test_the_score_is_the_mean_by_weight() -> None:
    measured = snapshot(tests={"coverage_percent": 60.0}, dependencies={"vulnerabilities": 0})
    assert score(measured, formula(coverage=3, vulnerabilities=1))[0] == 62.5


def test_a_part_without_evidence_is_left_out_and_named() -> None:
    measured = snapshot(tests={"coverage_percent": 60.0}, dependencies={"vulnerabilities": None})
    value, how = score(measured, formula(coverage=3, vulnerabilities=1))
    assert (value, how.missing) == (50.0, ["vulnerabilities"])


def test_without_enough_evidence_there_is_no_score() -> None:
    measured = snapshot(tests={"coverage_percent": 60.0}, dependencies={"vulnerabilities": None})
    assert score(measured, formula(coverage=1, vulnerabilities=2))[0] is None


def test_a_run_in_which_every_test_was_skipped_says_nothing() -> None:
    measured = snapshot(tests={"total": 5, "skipped": 5, "failed": 0, "errors": 0})
    assert score(measured, formula(tests=1))[1].missing == ["tests"]


def test_weights_of_0_leave_no_score() -> None:
    assert score(snapshot(), formula()) == (None, score(snapshot(), formula())[1])


_NUMBERS = st.floats(-1000, 1000)


@given(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS)
def test_points_never_fall_on_the_way_to_the_full_bound(
    value: float, other: float, full: float, zero: float
) -> None:
    if abs(full - zero) < 1e-3:
        full = zero + 1
    bounds = Bounds(weight=1, full_at=full, zero_at=zero)
    low, high = sorted((value, other), reverse=full < zero)
    assert 0 <= points(low, bounds) <= points(high, bounds) <= 100
    assert (points(full, bounds), points(zero, bounds)) == (100, 0)
