"""The command `report`: from what the other commands wrote to a file in each format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from quality.documents import write_document
from quality.errors import QualityError
from quality.evidence.files import find_evidence
from quality.history import open_history
from quality.report import FORMATS, collect
from quality.settings import Settings
from support import quality_reports
from support.evidence import PIP_AUDIT

if TYPE_CHECKING:
    from pathlib import Path

    from quality.reporting.model import Report
    from support.quality_project import QualityProject

HISTORY = ".quality/history.sqlite"


def documents(project: Path, report: Report) -> Path:
    """Write what `capture`, `detect-regressions`, `gate` and `store` would have left."""
    reports = project / "reports"
    write_document(report.snapshot, reports / "snapshot.json")
    write_document(report.verdict, reports / "gate.json")
    if report.regressions:
        compared = report.regressions.model_copy(update={"current": report.snapshot.release})
        write_document(compared, reports / "regressions.json")
    with open_history(HISTORY, project, create=True) as history:
        for entry in report.history:
            history.store(entry.snapshot, entry.regressions)
    return project


def collected(project: Path, history: str = HISTORY) -> Report:
    return collect(
        project, Settings(), snapshot="reports/snapshot.json", regressions="", verdict="", history=history
    )


def test_every_format_is_written_from_what_the_commands_of_a_pipeline_leave(sample: QualityProject) -> None:
    sample.test_with_coverage()
    sample.write({"reports/audit.json": json.dumps(PIP_AUDIT)})
    assert sample.quality("capture", "--release", "main", "--baseline", "main").returncode == 0
    assert sample.quality("gate").returncode != 0
    for name, chosen in FORMATS.items():
        done = sample.quality("report", "--format", name)
        assert (done.returncode, done.stderr) == (0, ""), name
        assert done.stdout.splitlines() == [done.stdout.splitlines()[0], f"wrote {chosen.file}"]
        assert "Not passed" in done.stdout
        assert (sample.root / chosen.file).stat().st_size > 100
    page = (sample.root / "reports/quality-report.html").read_text(encoding="utf-8")
    for said in ("PYSEC-2021-66", "reports/junit.xml", "100\u00a0%", "This is the first run"):
        assert said in page


def test_a_report_is_not_read_as_evidence_by_the_next_capture(tmp_path: Path) -> None:
    for chosen in FORMATS.values():
        (tmp_path / chosen.file).parent.mkdir(exist_ok=True)
        (tmp_path / chosen.file).write_text("{}", encoding="utf-8")
    patterns = [pattern for found in Settings().evidence.model_dump().values() for pattern in found]
    assert find_evidence(tmp_path, patterns) == []
    (tmp_path / "reports/ruff.sarif").write_text("{}", encoding="utf-8")
    assert len(find_evidence(tmp_path, patterns)) == 1


def test_a_report_goes_to_standard_output_for_a_job_summary(sample: QualityProject) -> None:
    assert sample.quality("capture").returncode == 0
    done = sample.quality("report", "--format", "markdown", "--output", "-")
    assert done.stdout.startswith("<!-- release-quality -->\n## ")
    assert not (sample.root / "reports/quality-report.md").exists()


@pytest.mark.parametrize(
    ("files", "arguments", "said"),
    [
        ({}, (), "snapshot.json: No such file or directory\n  python tools/quality capture makes it."),
        ({"reports/snapshot.json": "{"}, (), "is not a snapshot of this tool"),
        ({"reports/snapshot.json": ""}, (), "is not a snapshot of this tool"),
        ({}, ("--format", "pdf"), "invalid choice"),
        ({".quality-gates.yaml": "quality_gatez: {}"}, (), "did you mean `quality_gates`?"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_2(
    sample: QualityProject, files: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    sample.write(files)
    done = sample.quality("report", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.startswith("quality: ")
    assert "Traceback" not in done.stderr
    assert not (sample.root / "reports/quality-report.html").exists()


@pytest.mark.parametrize("name", ["regressions", "verdict"])
def test_a_document_that_was_asked_for_must_be_there(tmp_path: Path, name: str) -> None:
    documents(tmp_path, quality_reports.first_run())
    asked = {"snapshot": "reports/snapshot.json", "regressions": "", "verdict": "", name: "other.json"}
    with pytest.raises(QualityError, match=r"other\.json: No such file"):
        collect(tmp_path, Settings(), history=HISTORY, **asked)


def test_documents_about_another_commit_are_refused(tmp_path: Path) -> None:
    report = quality_reports.passing()
    documents(tmp_path, report)
    write_document(report.verdict.model_copy(update={"commit": "f" * 40}), tmp_path / "reports/gate.json")
    with pytest.raises(
        QualityError, match=r"gate.json: is about main ffffffffffff.*\n.*quality gate makes it"
    ):
        collected(tmp_path)
    (tmp_path / "reports/gate.json").unlink()
    assert collected(tmp_path).verdict.status == "pass"
    assert report.regressions
    write_document(
        report.regressions.model_copy(update={"current": "other"}), tmp_path / "reports/regressions.json"
    )
    with pytest.raises(QualityError, match=r"regressions.json: is about other, the snapshot about main"):
        collected(tmp_path)


def test_what_is_missing_is_no_error_and_the_gates_are_applied_here(tmp_path: Path) -> None:
    documents(tmp_path, quality_reports.first_run())
    for name in ("gate", "regressions"):
        (tmp_path / "reports" / f"{name}.json").unlink()
    report = collected(tmp_path, history="nowhere.sqlite")
    assert (report.regressions, report.baseline, report.history, report.first_run) == (None, None, (), True)
    assert report.verdict.status == "fail"
    assert {gate.name: gate.status for gate in report.gates}["regressions"] == "missing"


def test_the_trend_is_that_of_the_baseline_s_branch(tmp_path: Path) -> None:
    report = quality_reports.failing()
    documents(tmp_path, report)
    with open_history(HISTORY, tmp_path) as history:
        history.store(quality_reports.snapshot(3, release="elsewhere", commit="e" * 40))
    found = collected(tmp_path)
    assert {entry.snapshot.release for entry in found.history} == {"main"}
    assert len(found.history) == 11
    # The newest that is not this commit itself.
    assert found.baseline
    assert found.baseline.commit == "0b" * 20


def test_tags_are_one_trend_since_each_is_stored_once(tmp_path: Path) -> None:
    releases = [quality_reports.snapshot(number, release=f"v1.{number}") for number in range(1, 6)]
    now = quality_reports.snapshot(6, release="v1.6", baseline="v1.5")
    write_document(now, tmp_path / "reports/snapshot.json")
    with open_history(HISTORY, tmp_path, create=True) as history:
        for one in [*releases, now]:
            history.store(one)
    assert [entry.snapshot.release for entry in collected(tmp_path).history] == [
        f"v1.{number}" for number in range(1, 6)
    ]


def test_the_line_of_each_gate_is_read_from_the_settings(tmp_path: Path) -> None:
    documents(tmp_path, quality_reports.first_run())
    (tmp_path / ".quality-gates.yaml").write_text(
        "# ours\nquality_gates:\n  test_coverage:\n    min: 70\n", encoding="utf-8"
    )
    assert collected(tmp_path).gate_lines["test_coverage"] == 3
