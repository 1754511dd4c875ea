"""GitLab's pipeline, run by gitlab-ci-local on the samples: green as they are, red with the reason in the report.

The jobs run on this machine instead of in containers, one at a time in one folder; the audit services have a stand-in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support import gitlab
from support.audit_service import audit_service
from support.sample_pipeline import SamplePipeline, verdict

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.pipelines


def _run(sample: SamplePipeline, variables: dict[str, str], environment: dict[str, str]) -> dict[str, str]:
    """Run a pipeline; return PASS or FAIL by job."""
    options = ["--force-shell-executor", "--concurrency", "1"]
    result = gitlab.gitlab_ci_local(sample.root, *options, variables=variables, environment=environment)
    print(result.stdout, result.stderr)  # noqa: T201 (shown when the test fails)
    output = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)
    return {
        name: status for status, name in re.findall(r"^ *(PASS|FAIL) +quality:(\S+)", output, re.MULTILINE)
    }


def test_a_python_service_is_green_and_then_red_with_the_reasons(tmp_path: Path) -> None:
    with audit_service("itsdangerous") as environment:
        orders = SamplePipeline("orders", tmp_path / "orders", "generate_gitlab_ci")
        first = _run(orders, gitlab.DEFAULT_BRANCH, environment)
        assert {"lint", "test", "security", "gate", "report"} <= set(first)
        assert set(first.values()) == {"PASS"}
        assert (orders.root / ".quality/history.sqlite").is_file()

        orders.worsen("worse")
        base = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": orders.git("rev-parse", "main")}
        worse = _run(orders, gitlab.MERGE_REQUEST | base, environment)
    assert (worse["test"], worse["gate"], worse["report"]) == ("FAIL", "FAIL", "PASS")
    found = verdict(orders.root / "reports")
    assert found["regressions"] == found["vulnerabilities"] == "fail"
    report = (orders.root / "reports/quality-report.md").read_text()
    assert "test_that_fails" in report
    assert "PYSEC-2026-1" in report


def test_an_express_service_is_green(tmp_path: Path) -> None:
    with audit_service() as environment:
        parcels = SamplePipeline("parcels", tmp_path / "parcels", "generate_gitlab_ci")
        first = _run(parcels, gitlab.DEFAULT_BRANCH, environment)
    assert set(first.values()) == {"PASS"}
    assert set(verdict(parcels.root / "reports").values()) <= {"pass", "neutral", "warn"}
