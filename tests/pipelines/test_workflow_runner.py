"""The runner of workflows does what GitHub does with jobs, conditions and outputs: what it calls green has really passed."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from support.expressions import Evaluator
from support.workflow_runner import Event, Outcome, Runner

if TYPE_CHECKING:
    from pathlib import Path

_WORKFLOW = """
on: push
jobs:
  last:
    needs: [broken, skipped]
    if: ${{ !cancelled() }}
    steps:
      - uses: actions/download-artifact@v1
        with: {pattern: kept-*, path: reports, merge-multiple: true}
      - run: cat reports/a.txt >> "$GITHUB_STEP_SUMMARY"
      - run: test "$SEEN" = "$(cat reports/a.txt)"
        env: {SEEN: "${{ github.ref_name }}"}
  broken:
    steps:
      - uses: actions/checkout@v1
      - run: |
          mkdir reports
          printf '%s' "$NAME" > reports/a.txt
          false | true
          echo not reached > reports/a.txt
        env: {NAME: "${{ github.ref_name }}"}
      - run: echo not reached > reports/a.txt
      - if: ${{ !cancelled() }}
        uses: actions/upload-artifact@v1
        with: {name: kept-a, path: reports/}
  skipped:
    needs: broken
    steps: [{run: exit 1}]
"""


@pytest.fixture
def outcome(tmp_path: Path) -> Outcome:
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "w.yml").write_text(_WORKFLOW)
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q", "-b", "ma'in"], ["add", "."], [*who, "commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", "-C", repository, *command], check=True)
    return Runner(repository, "w.yml", tmp_path / "work", {}).run(Event("push", "ma'in"))


def test_a_failed_pipe_fails_the_job_and_skips_what_needs_it(outcome: Outcome) -> None:
    assert outcome.jobs == {"broken": "failure", "skipped": "skipped", "last": "success"}
    assert not outcome.green


def test_evidence_of_a_failed_job_reaches_the_next(outcome: Outcome) -> None:
    assert outcome.summaries["last"] == "ma'in"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("github.event_name == 'push' && github.ref_name != 'it''s'", True),
        ("github.event.pull_request.base.sha || 'HEAD^'", "HEAD^"),
        ("!(env.A == 'a') || called(env.A, 'b')", "a b"),
        ("${{ github.missing }}", ""),
    ],
)
def test_expressions_come_to_what_they_come_to_at_github(expression: str, value: object) -> None:
    contexts = {"github": {"event_name": "push", "event": {}, "ref_name": "main"}, "env": {"A": "a"}}
    assert Evaluator(contexts, {"called": lambda *words: " ".join(words)}).value(expression) == value


@pytest.mark.parametrize("expression", ["matrix.os", "github.a < 1", "(github.a", "unknown()"])
def test_what_the_runner_does_not_know_is_no_silent_yes(expression: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        Evaluator({"github": {}}, {}).value(expression)
