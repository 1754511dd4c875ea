"""The quality score: the mean of its parts' points, by weight, as `.quality-gates.yaml` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality.documents import Score, ScorePart

if TYPE_CHECKING:
    from quality.documents import Snapshot
    from quality.settings import Bounds, ScoreFormula

_PER_LINES = 1000


def points(value: float, bounds: Bounds) -> float:
    """Return from 0 to 100 points, linear between the bounds.

    Args:
        value: What was measured.
        bounds: Where it gives all points, and where none.
    """
    share = (value - bounds.zero_at) / (bounds.full_at - bounds.zero_at)
    return round(100 * min(max(share, 0.0), 1.0), 1)


def score(snapshot: Snapshot, formula: ScoreFormula) -> tuple[float | None, Score]:
    """Return the score and how it came about.

    Parts without evidence are left out of the mean; when too many are, there is no score.

    Args:
        snapshot: What was measured.
        formula: Weights and bounds.
    """
    result = Score()
    weights: dict[str, Bounds] = dict(formula.parts)
    counted = {name: bounds for name, bounds in weights.items() if bounds.weight > 0}
    for name, bounds in counted.items():
        value, unit, evidence = _measured(name, snapshot)
        if value is None:
            result.missing.append(name)
            continue
        result.parts[name] = ScorePart(
            value=round(value, 2),
            unit=unit,
            points=points(value, bounds),
            weight=bounds.weight,
            zero_at=bounds.zero_at,
            full_at=bounds.full_at,
            evidence=evidence,
        )
    known = sum(part.weight for part in result.parts.values())
    wanted = sum(bounds.weight for bounds in counted.values())
    if known == 0 or known < formula.minimum_evidence * wanted:
        return None, result
    mean = sum(part.points * part.weight for part in result.parts.values()) / known
    return round(mean, 1), result


def _measured(name: str, snapshot: Snapshot) -> tuple[float | None, str, str]:
    """Return value, unit and evidence of one part; no value where it is not known."""
    tests, code = snapshot.tests, snapshot.code_quality
    files = {
        kind: ", ".join(one.file for one in snapshot.evidence if one.kind == kind)
        for kind in ("tests", "coverage", "smells", "dependencies")
    }
    match name:
        case "tests":
            ran = (tests.total or 0) - (tests.skipped or 0)
            bad = (tests.failed or 0) + (tests.errors or 0)
            return (100 * (ran - bad) / ran if ran else None), "percent", files["tests"]
        case "coverage":
            return tests.coverage_percent, "percent", files["coverage"]
        case "smells":
            # Below 1000 lines the count itself: one finding must not weigh more in a small service.
            thousands = max(code.lines / _PER_LINES, 1)
            count = code.smells_count
            return (
                (None if count is None else count / thousands),
                f"per {_PER_LINES} lines",
                files["smells"],
            )
        case "complexity":
            found = code.complexity
            share = 100 * found.complex / found.functions if found and found.functions else None
            return share, "percent", "source files"
        case _:
            return snapshot.dependencies.vulnerabilities, "count", files["dependencies"]
