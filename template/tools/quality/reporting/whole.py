"""Everything as one JSON document, for programs that want more than the verdict."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from quality.reporting.model import Report, changes

if TYPE_CHECKING:
    from quality.history import Entry


def render(report: Report) -> str:
    """Return the document; its keys are described in the tool's documentation.

    Args:
        report: What is known.
    """
    regressions, baseline = report.regressions, report.baseline
    document: dict[str, Any] = {
        "schema": 1,
        "headline": report.headline,
        "first_run": report.first_run,
        "verdict": report.verdict.model_dump(mode="json"),
        "changes": [asdict(change) for change in changes(report)],
        "snapshot": report.snapshot.model_dump(mode="json"),
        "baseline": baseline.model_dump(mode="json") if baseline else None,
        "regressions": regressions.model_dump(mode="json") if regressions else None,
        "history": [_point(entry) for entry in report.history],
        "settings": report.settings.model_dump(mode="json"),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _point(entry: Entry) -> dict[str, Any]:
    snapshot = entry.snapshot
    return {
        "release": snapshot.release,
        "commit": snapshot.commit,
        "created": snapshot.created.isoformat(),
        "quality_score": snapshot.quality_score,
        "coverage_percent": snapshot.tests.coverage_percent,
        "smells_count": snapshot.code_quality.smells_count,
        "vulnerabilities": snapshot.dependencies.vulnerabilities,
        "benchmarks": {one.name: one.head_seconds for one in entry.regressions.measured}
        if entry.regressions
        else {},
    }
