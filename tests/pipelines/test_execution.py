"""Rendered workflows, run on the samples: green as they are, red with the reason in the report when something is wrong.

The services that know of vulnerabilities have a stand-in (`support.audit_service`); OSV-Scanner, for Java, is one that finds nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.audit_service import audit_service
from support.processes import machine_environment
from support.workflow_runner import Event, Outcome, Runner

from codemods.api import invoke

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.pipelines

EXAMPLES = Path(__file__).parents[2] / "examples"
WORKFLOW = ".github/workflows/release-quality.yml"
_SCANNER = """#!/usr/bin/env python3
import json, sys
packages = [{"package": {"name": "org.junit.jupiter:junit-jupiter", "version": "5.13.4", "ecosystem": "Maven"}}]
document = {"results": [{"source": {"path": "pom.xml", "type": "lockfile"}, "packages": packages}]}
open(sys.argv[sys.argv.index("--output-file") + 1], "w").write(json.dumps(document))
"""
_BENCHMARK = '''# ruff: noqa: ANN001, D103
"""How quickly an order is added up."""

from orders.totals import total


def test_total(benchmark) -> None:
    assert benchmark(total) > 0
'''
_TOTAL = '''"""What many orders come to."""


def total() -> int:
    """Add up."""
    return sum(number * number for number in range(40_000))
'''
_FAILING = """

def test_that_fails() -> None:
    assert 1 + 1 == 3, "arithmetic is broken"
"""


class Service:
    """A copy of a sample with a rendered pipeline, as a repository."""

    def __init__(self, sample: str, work: Path, environment: dict[str, str], more: dict[str, str]) -> None:
        self.root = work / "repository"
        shutil.copytree(EXAMPLES / sample, self.root)
        for path, text in more.items():
            self.write(path, text)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit("Begin")
        answer = invoke("cicd-generator", "generate_github_actions", {"project_path": str(self.root)})
        assert answer.success, answer.errors
        self.commit("Render the pipeline")
        self.runner = Runner(self.root, WORKFLOW, work / "runs", environment)

    def git(self, *arguments: str) -> str:
        """Run git as somebody."""
        who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
        command = ["git", "-C", str(self.root), *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, message: str) -> None:
        """Commit everything."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def push(self) -> Outcome:
        """Run what a push to the default branch starts."""
        return self.runner.run(Event("push"))

    def pull_request(self, branch: str, *, of_a_fork: bool = False) -> Outcome:
        """Run what a pull request of a branch starts."""
        repository = "somebody/service" if of_a_fork else "example/service"
        pull_request = {
            "number": 7,
            "base": {"sha": self.git("rev-parse", "main")},
            "head": {"repo": {"full_name": repository}},
        }
        context = {"head_ref": branch, "event": {"pull_request": pull_request}}
        return self.runner.run(Event("pull_request", branch, context))


def _not_green(outcome: Outcome) -> dict[str, str]:
    """Return the last that each job said that did not pass."""
    return {job: outcome.logs.get(job, "")[-2000:] for job, how in outcome.jobs.items() if how != "success"}


def _verdict(outcome: Outcome) -> dict[str, Any]:
    report = outcome.artifacts / "quality-report"
    gates: dict[str, Any] = json.loads((report / "gate.json").read_text())
    return {gate["name"]: gate["status"] for gate in gates["gates"]}


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    with audit_service("itsdangerous") as found:
        yield found


def test_a_python_service_is_green_and_then_red_for_each_reason(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    more = {"benchmarks/standard.py": _BENCHMARK, "orders/totals.py": _TOTAL}
    service = Service("orders", tmp_path, environment, more)
    first = service.push()
    assert _not_green(first) == {}
    assert (first.artifacts / "quality-history" / "history.sqlite").is_file()

    service.git("switch", "--quiet", "--create", "worse")
    service.git("rm", "--quiet", "tests/test_orders.py")
    service.write(
        "tests/test_customers.py", (service.root / "tests/test_customers.py").read_text() + _FAILING
    )
    service.write("requirements.txt", (service.root / "requirements.txt").read_text() + "itsdangerous\n")
    gates = (service.root / ".quality-gates.yaml").read_text()
    # As it is rendered, this gate only warns.
    before, found, coverage = gates.partition("  test_coverage:")
    assert found
    coverage = coverage.replace("ratchet: false", "ratchet: true", 1).replace(
        "blocking: false", "blocking: true", 1
    )
    service.write(".quality-gates.yaml", before + found + coverage)
    service.commit("Make it worse")
    worse = service.pull_request("worse")
    assert worse.jobs["test"] == worse.jobs["quality-gate"] == "failure"
    assert worse.jobs["report"] == worse.jobs["publish"] == "success"
    verdict = _verdict(worse)
    assert verdict["regressions"] == verdict["vulnerabilities"] == verdict["test_coverage"] == "fail"
    said = worse.summaries["report"]
    for reason in ("test_that_fails", "PYSEC-2026-1", "Test coverage: 99.2 before"):
        assert reason in said
    assert [file.read_text() for file in worse.comments.iterdir()] == [said]

    service.git("switch", "--quiet", "--create", "$(touch${IFS}hacked)", "main")
    service.write("orders/totals.py", _TOTAL.replace("40_000", "56_000"))
    service.commit("Make it slower")
    slower = service.pull_request("$(touch${IFS}hacked)", of_a_fork=True)
    assert slower.jobs["benchmark"] == "success"
    assert slower.jobs["quality-gate"] == "failure"
    assert _verdict(slower)["performance"] == "fail"
    assert "test_total" in slower.summaries["report"]
    # The token of a fork may not write; its verdict stands in the summary alone.
    assert slower.jobs["publish"] == "skipped"
    assert [file.read_text() for file in slower.comments.iterdir()] == [said]
    assert not list(tmp_path.rglob("hacked"))


def test_an_express_service_is_green_and_red_when_a_test_fails(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    service = Service("parcels", tmp_path, environment, {})
    first = service.push()
    assert _not_green(first) == {}
    service.git("switch", "--quiet", "--create", "dearer")
    prices = service.root / "src/prices.js"
    service.write("src/prices.js", prices.read_text().replace("home: 90", "home: 95"))
    service.commit("Raise a price")
    dearer = service.pull_request("dearer")
    assert dearer.jobs["test"] == dearer.jobs["quality-gate"] == "failure"
    assert "a kilogram that has begun counts" in dearer.summaries["report"]


def test_a_maven_service_is_green(tmp_path: Path, environment: dict[str, str]) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "go").write_text(_SCANNER)
    (programs / "go").chmod(0o755)
    path = {"PATH": f"{programs}{os.pathsep}{machine_environment()['PATH']}"}
    first = Service("tickets", tmp_path / "work", environment | path, {}).push()
    assert _not_green(first) == {}
    assert "Server.java" in (first.artifacts / "evidence-test/target/site/jacoco/jacoco.xml").read_text()


def test_an_audit_that_reaches_nobody_is_missing_evidence(tmp_path: Path) -> None:
    nobody = {
        "PIP_AUDIT_VULNERABILITY_SERVICE": "osv",
        "PIP_AUDIT_OSV_URL": "http://127.0.0.1:9/v1/query",
    }
    outcome = Service("orders", tmp_path, nobody, {}).push()
    assert outcome.jobs["security"] == "success"
    assert outcome.jobs["quality-gate"] == "failure"
    assert _verdict(outcome)["vulnerabilities"] == "missing"
