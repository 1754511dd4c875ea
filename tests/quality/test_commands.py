"""The commands as a pipeline runs them: from the evidence of real tools to a verdict and a history."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from quality.version_control import changes_since, current_branch, current_commit
from support.evidence import ENVIRONMENT, NPM_AUDIT_UNREACHABLE, PASSING_AUDIT, PIP_AUDIT, PIP_AUDIT_OFFLINE

if TYPE_CHECKING:
    from pathlib import Path

    from support.quality_project import QualityProject

UNTESTED = "def untested(number: int) -> int:\n" + "".join(
    f"    if number == {at}:\n        return {at}\n" for at in range(20)
)


def document(project: QualityProject, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project.root / "reports" / f"{name}.json").read_bytes())
    return found


def compared(project: QualityProject, **parts: Any) -> None:
    """Write what detect-regressions writes."""
    whole = {"schema": 1, "current": "main", "baseline": "main", "threshold_percent": 5.0, "comparable": True}
    project.write({"reports/regressions.json": json.dumps(whole | parts)})


def test_a_service_with_good_evidence_passes_and_is_stored(sample: QualityProject) -> None:
    sample.test_with_coverage()
    sample.write({"reports/audit.json": json.dumps(PASSING_AUDIT)})
    compared(sample)
    captured = sample.quality("capture", "--release", "main", "--baseline", "main")
    assert captured.returncode == 0, captured.stderr
    snapshot = document(sample, "snapshot")
    assert snapshot["quality_score"] == 100.0
    assert snapshot["tests"]["coverage_percent"] == 100.0
    assert (snapshot["code_quality"]["smells_count"], snapshot["dependencies"]["vulnerabilities"]) == (0, 0)
    assert snapshot["environment"]["cpu"]
    assert (snapshot["commit"], snapshot["missing"]) == (sample.git("rev-parse", "HEAD").strip(), [])
    assert {one["format"] for one in snapshot["evidence"]} == {
        "JUnit XML",
        "Cobertura XML",
        "SARIF",
        "pip-audit",
    }
    gate = sample.quality("gate")
    assert (gate.returncode, document(sample, "gate")["status"]) == (0, "pass"), gate.stdout
    first, again = (
        sample.quality("store"),
        sample.quality("store", "--release", "main", "--commit", snapshot["commit"]),
    )
    assert [json.loads(one.stdout)["replaced"] for one in (first, again)] == [False, True]


def test_the_history_keeps_itself_out_of_version_control(sample: QualityProject) -> None:
    sample.write({".gitignore": "reports/\n__pycache__/\n"})
    sample.commit()
    sample.quality("capture")
    assert sample.quality("store").returncode == 0
    assert (sample.root / ".quality/history.sqlite").is_file()
    assert sample.git("status", "--porcelain") == ""


def test_a_topic_is_compared_with_what_was_stored_of_main(sample: QualityProject) -> None:
    sample.test_with_coverage()
    sample.quality("capture", "--release", "main")
    assert sample.quality("store").returncode == 0
    sample.git("switch", "-q", "-c", "topic")
    sample.write({"shop/more.py": UNTESTED})
    sample.commit()
    sample.test_with_coverage()
    sample.write({"reports/audit.json": json.dumps(PASSING_AUDIT)})
    sample.write(
        {".quality-gates.yaml": "quality_gates: {test_coverage: {min: 1, ratchet: true, blocking: true}}\n"}
    )
    compared(sample, current="topic")
    sample.quality("capture", "--release", "topic", "--baseline", "main")
    assert document(sample, "snapshot")["changes"] == {
        "base": sample.git("rev-parse", "main").strip(),
        "files": 1,
        "lines": 41,
    }
    gate = sample.quality("gate")
    assert gate.returncode == 1
    assert "fail    test_coverage" in gate.stdout
    assert "is below the 100 % of the baseline" in gate.stdout


@pytest.mark.parametrize(
    ("audit", "code", "words"),
    [
        (PIP_AUDIT, 1, "jinja2 2.4.1 PYSEC-2021-66"),
        (PIP_AUDIT_OFFLINE, 2, "none of 1 dependencies could be looked up"),
        (NPM_AUDIT_UNREACHABLE, 2, "405 Method Not Allowed"),
        (None, 2, "no audit was read"),
    ],
    ids=["vulnerable", "pip-audit offline", "npm audit offline", "no audit"],
)
def test_a_vulnerability_fails_and_an_audit_without_answer_is_no_pass(
    sample: QualityProject, audit: object, code: int, words: str
) -> None:
    sample.test_with_coverage()
    if audit is not None:
        sample.write({"reports/audit.json": json.dumps(audit)})
    compared(sample)
    assert sample.quality("capture").returncode == 0
    gate = sample.quality("gate")
    assert gate.returncode == code, gate.stdout
    assert words in gate.stdout


def test_a_failed_test_is_in_the_snapshot_with_what_it_said(sample: QualityProject) -> None:
    sample.write({"tests/test_bad.py": 'def test_bad() -> None:\n    assert 1 == 2, "</script> $(reboot)"\n'})
    sample.test_with_coverage()
    sample.quality("capture")
    tests = document(sample, "snapshot")["tests"]
    assert (tests["total"], tests["failed"]) == (2, 1)
    assert tests["failures"][0]["id"] == "tests.test_bad::test_bad"
    assert "</script> $(reboot)" in tests["failures"][0]["message"]


def test_without_any_evidence_the_verdict_is_unknown_and_says_what_is_missing(sample: QualityProject) -> None:
    captured = sample.quality("capture")
    assert captured.returncode == 0
    assert "without evidence: tests, coverage, smells, vulnerabilities" in captured.stdout
    gate = sample.quality("gate")
    assert (gate.returncode, document(sample, "gate")["status"]) == (2, "unknown")
    assert document(sample, "snapshot")["missing"] == ["tests", "coverage", "smells", "dependencies"]


def test_outside_of_git_everything_works_but_a_commit_must_be_named(sample: QualityProject) -> None:
    (sample.root / ".git").rename(sample.root.parent / "git")
    assert sample.quality("capture", "--baseline", "main").returncode == 0
    snapshot = document(sample, "snapshot")
    assert (snapshot["release"], snapshot["commit"], snapshot["changes"]) == ("unversioned", "", None)
    assert "Name it with --commit" in sample.quality("store").stderr
    assert sample.quality("store", "--commit", "abc").returncode == 0


def test_a_project_below_the_root_of_its_repository_is_measured_alone(sample: QualityProject) -> None:
    sample.write({"outside.py": "x = 1\n"})
    sample.commit()
    code = sample.quality("capture", "--project", "shop", "--output", "reports/s.json")
    assert code.returncode == 0, code.stderr
    snapshot = json.loads((sample.root / "shop/reports/s.json").read_bytes())
    assert [one["file"] for one in snapshot["code_quality"]["complexity"]["worst"]] == ["prices.py"]


HOSTILE = ["$(touch pwned)", "a'b\"c", "--upload-pack=touch pwned", "; touch pwned", "-", "a\tb", "</script>"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_branches_are_never_run_and_never_options(sample: QualityProject, name: str) -> None:
    captured = sample.quality("capture", f"--release={name}", f"--baseline={name}")
    assert captured.returncode == 0, captured.stderr
    assert sample.quality("store").returncode == 0
    assert document(sample, "snapshot")["release"] == name
    assert not list(sample.root.rglob("pwned"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["captur"], "invalid choice: 'captur'"),
        (["capture", "--releas", "x"], "unrecognized arguments: --releas"),
        (["capture", "--project", "nowhere"], "--project nowhere: no such directory"),
        (["capture", "--config", "nowhere.yaml"], "--config nowhere.yaml: no such file"),
        (["capture", "--output", "tests/test_prices.py/x.json"], "cannot be written"),
        (["gate"], "reports/snapshot.json: No such file or directory"),
        (["gate", "--snapshot", "tests/test_prices.py"], "is not a snapshot of this tool"),
        (["store", "--snapshot", "nowhere.json"], "nowhere.json: No such file"),
    ],
)
def test_wrong_usage_is_one_message_and_exit_code_2(
    sample: QualityProject, arguments: list[str], message: str
) -> None:
    done = sample.quality(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.startswith("quality: ")
    assert len(done.stderr.strip().splitlines()) <= 2


@pytest.mark.parametrize(
    "name", ["reports/junit.xml", "reports/coverage.xml", "reports/ruff.sarif", "reports/audit.json"]
)
def test_an_empty_file_of_evidence_stops_the_capture(sample: QualityProject, name: str) -> None:
    sample.write({name: ""})
    done = sample.quality("capture")
    assert done.returncode == 2
    assert done.stderr.startswith(f"quality: {name}: is empty")


def test_a_document_about_another_release_is_not_mixed_in(sample: QualityProject) -> None:
    sample.quality("capture", "--release", "topic")
    compared(sample, current="main")
    done = sample.quality("gate")
    assert done.returncode == 2
    assert "is about main, the snapshot about topic" in done.stderr


def test_an_unknown_key_in_a_document_is_named(sample: QualityProject) -> None:
    sample.write(
        {"reports/snapshot.json": json.dumps({"release": "a", "environment": ENVIRONMENT, "extra": 1})}
    )
    done = sample.quality("gate")
    assert "reports/snapshot.json: is not a snapshot of this tool (extra:" in done.stderr


def test_a_missing_package_is_answered_with_the_command_that_installs_it(sample: QualityProject) -> None:
    done = sample.python("-S", "tools/quality", "capture", check=False)
    assert done.returncode == 2
    assert "is not installed" in done.stderr
    assert "pip install -r tools/quality/requirements.txt" in done.stderr


def test_help_names_every_command_and_needs_no_package(sample: QualityProject) -> None:
    done = sample.python("-S", "tools/quality", "--help")
    for command in ("capture", "benchmark", "detect-regressions", "report", "gate", "store"):
        assert command in done.stdout


def test_modules_of_the_tool_do_not_hide_those_of_others(sample: QualityProject) -> None:
    sample.write({"tools/quality/yaml.py": "raise SystemExit('hidden')\n"})
    assert sample.quality("capture").returncode == 0


def test_git_answers_about_commit_branch_and_changes(sample: QualityProject) -> None:
    start = current_commit(sample.root)
    assert (current_branch(sample.root), len(start)) == ("main", 40)
    sample.write({"shop/new.py": "a = 1\nb = 2\n", "logo.png": bytes(range(256))})
    sample.commit()
    sample.git("tag", "v1")
    sample.git("switch", "-q", "--detach")
    assert current_branch(sample.root) == "v1"
    found = changes_since(sample.root, ["nowhere", start])
    assert found is not None
    assert (found.base, found.files, found.lines) == (start, 2, 2)
    assert changes_since(sample.root, ["nowhere", "--all"]) is None


def test_git_is_not_needed(tmp_path: Path) -> None:
    assert (current_commit(tmp_path), current_branch(tmp_path)) == ("", "")
    assert changes_since(tmp_path, ["main"]) is None
