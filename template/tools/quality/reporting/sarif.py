"""SARIF 2.1.0: code scanning shows the findings beside the lines they are about.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; what GitHub reads of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from quality.reporting.findings import Finding, findings

if TYPE_CHECKING:
    from quality.reporting.model import Report

TOOL = "release-quality"
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(report: Report) -> str:
    """Return the findings as one SARIF run.

    Args:
        report: What is known.
    """
    found = findings(report)
    rules = list({one.rule: one for one in found}.values())
    index = {one.rule: place for place, one in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": TOOL, "rules": [_rule(one) for one in rules]}},
        "automationDetails": {"id": f"{TOOL}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The project's directory."}}},
        "results": [_result(one, index[one.rule]) for one in found],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.rule,
        "shortDescription": {"text": f"{finding.title}."},
        "fullDescription": {"text": f"{finding.title}: {finding.rule}."},
        "help": {"text": finding.advice},
        "defaultConfiguration": {"level": finding.level},
    }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.level,
        "message": {"text": finding.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(finding.file), "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": finding.line},
                }
            }
        ],
        "partialFingerprints": {"releaseQuality/v1": finding.fingerprint},
    }
