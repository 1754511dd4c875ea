"""GitLab's code quality report: its merge requests show the findings that are new.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from quality.reporting.findings import Level, findings

if TYPE_CHECKING:
    from quality.reporting.model import Report

_SEVERITIES: dict[Level, str] = {"error": "critical", "warning": "major", "note": "minor"}


def render(report: Report) -> str:
    """Return the findings as GitLab reads them.

    Args:
        report: What is known.
    """
    issues = [
        {
            "description": one.message,
            "check_name": one.rule,
            "fingerprint": one.fingerprint,
            "severity": _SEVERITIES[one.level],
            "location": {"path": one.file, "lines": {"begin": one.line}},
        }
        for one in findings(report)
    ]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"
