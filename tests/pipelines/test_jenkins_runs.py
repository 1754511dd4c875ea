"""The Jenkinsfile, run on the samples: green as they are, red with the reason in the report; and what a hostile branch can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import jenkinsfile
from support.audit_service import audit_service
from support.processes import machine_environment
from support.sample_pipeline import SamplePipeline, verdict

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.pipelines

HOSTILE = "$(touch${IFS}hacked)"


def _variables(branch: str, environment: dict[str, str], **more: str) -> dict[str, str]:
    told = {"BRANCH_NAME": branch, "JOB_NAME": f"shop/{branch}", "BUILD_TAG": f"jenkins-shop-{branch}-1"}
    return {"PATH": machine_environment()["PATH"], **environment, **told, **more}


def test_a_python_service_is_green_and_then_red_with_the_reasons(tmp_path: Path) -> None:
    with audit_service("itsdangerous") as environment:
        orders = SamplePipeline("orders", tmp_path / "orders", "generate_jenkins")
        first = jenkinsfile.build(orders.root, tmp_path / "first", _variables("main", environment))
        assert first.result == "SUCCESS", first.log
        assert {".quality/history.sqlite", "reports/quality-report.html"} <= set(first.archived)
        assert {"python:3.13"} <= {image["image"] for image in first.images}

        orders.worsen(HOSTILE)
        request = {"CHANGE_ID": "7", "CHANGE_TARGET": "main", "CHANGE_BRANCH": HOSTILE}
        worse = jenkinsfile.build(
            orders.root,
            tmp_path / "worse",
            _variables("PR-7", environment, **request),
            other_jobs={"main": first.archive},
        )
    assert worse.result == "FAILURE"
    assert (worse.stages["Test"], worse.stages["Quality gate"], worse.stages["Report"]) == (
        "FAILURE",
        "FAILURE",
        "SUCCESS",
    )
    found = verdict(worse.archive / "reports")
    assert found["regressions"] == found["vulnerabilities"] == "fail"
    report = (worse.archive / "reports/quality-report.md").read_text()
    assert "test_that_fails" in report
    assert "PYSEC-2026-1" in report
    assert {entry["step"] for entry in worse.published if entry["files"]} == {
        "junit",
        "recordCoverage",
        "recordIssues",
        "copyArtifacts",
    }
    assert not list(tmp_path.rglob("hacked"))


def test_an_express_service_is_green(tmp_path: Path) -> None:
    with audit_service() as environment:
        parcels = SamplePipeline("parcels", tmp_path / "parcels", "generate_jenkins")
        first = jenkinsfile.build(parcels.root, tmp_path / "first", _variables("main", environment))
    assert first.result == "SUCCESS", first.log
    assert [entry["files"] for entry in first.published if entry["step"] == "recordCoverage"] == [1]
