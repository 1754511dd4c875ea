"""The Jenkinsfile: compiled by the Groovy that Jenkins runs, held against the rules of declarative pipelines, and run."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from support import jenkinsfile

from codemods.render import render
from pipelines.matrix import EVERYTHING
from pipelines.rendered_cases import JENKINS, every_case

if TYPE_CHECKING:
    from pathlib import Path

_VALID = "pipeline {{ agent any\n stages {{ stage('a') {{ {stage} }} }}\n{more} }}"


def _written(directory: Path, text: str, name: str = "Jenkinsfile") -> Path:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _shell_lines(structure: jenkinsfile.Structure) -> list[Any]:
    return [step["given"]["script"] for step in jenkinsfile.steps(structure.pipeline) if step["step"] == "sh"]


@pytest.mark.parametrize("language", ["python", "javascript", "java"])
def test_usual_answers_give_a_jenkinsfile_that_is_well_formed(language: str, tmp_path: Path) -> None:
    files = render(EVERYTHING | {"language": language, "service_containers": ["postgresql"]})
    [found] = jenkinsfile.read([_written(tmp_path, files["Jenkinsfile"].decode())])
    assert found.errors == []
    assert "Test: servers" in [stage["name"] for stage in found.stages()]


@pytest.mark.pipelines
def test_every_combination_of_answers_gives_a_jenkinsfile_that_is_well_formed(tmp_path: Path) -> None:
    files = [_written(tmp_path, texts[JENKINS], case.name) for case, texts in every_case()]
    for (case, _), found in zip(every_case(), jenkinsfile.read(files), strict=True):
        assert found.errors == [], case
        lines = _shell_lines(found)
        assert lines
        # In double quotes, Groovy would put the name of a branch into the shell's line.
        assert all(isinstance(line, str) for line in lines), case


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("pipeline { agent any\n stages { stage('a') { steps { echo 'x' } }", r"expecting|unexpected"),
        ("node { sh 'make' }", "one pipeline block at the top level"),
        ("pipeline { stages { stage('a') { steps { echo 'x' } } } }", 'required section "agent"'),
        ("pipeline { agent any }", 'required section "stages"'),
        ("pipeline { agent any\n stages { } }", "No stages specified"),
        ("pipeline { agent { docker { args '-v' } }\n stages { stage('a') { steps { echo 'x' } } } }", "docker: image"),
        ("pipeline { agent { podman 'x' }\n stages { stage('a') { steps { echo 'x' } } } }", "Invalid agent type"),
        (_VALID.format(stage="steps { echo 'x' }", more="notifications { }"), "Undefined section"),
        (_VALID.format(stage="steps { echo 'x' }", more="post { sometimes { echo 'x' } }"), "Undefined section"),
        (_VALID.format(stage="steps { echo 'x' }", more="options { colours() }"), "Invalid option"),
        (_VALID.format(stage="steps { echo 'x' }", more="environment { 'A' }"), "name=value"),
        (_VALID.format(stage="agent any", more=""), "Expected one of"),
        (_VALID.format(stage="steps { echo 'x' }\n stages { stage('b') { steps { echo 'x' } } }", more=""), "Expected one of"),
        (_VALID.format(stage="agent any\n parallel { stage('b') { steps { echo 'x' } } }", more=""), '"agent" is not allowed'),
        (_VALID.format(stage="steps { def x = 1 }", more=""), "Expected a step"),
        (_VALID.format(stage="steps { shell 'make' }", more=""), 'Unknown step "shell"'),
        (_VALID.format(stage="steps { stash includes: 'x' }", more=""), 'Missing required parameter of stash: "name"'),
        (_VALID.format(stage="steps { junit testResult: 'x' }", more=""), 'Invalid parameter "testResult"'),
        (_VALID.format(stage="when { branches 'x' }\n steps { echo 'x' }", more=""), "Unknown conditional"),
        (_VALID.format(stage="when { not { } }\n steps { echo 'x' }", more=""), "Empty not"),
        (_VALID.format(stage="input { ok 'x' }\n steps { echo 'x' }", more=""), "required parameter for input: message"),
    ],
)  # fmt: skip
def test_the_reader_rejects(text: str, reason: str, tmp_path: Path) -> None:
    [found] = jenkinsfile.read([_written(tmp_path, text)])
    assert any(re.search(reason, error) for error in found.errors), found.errors


def _repository(directory: Path, text: str) -> Path:
    _written(directory, text)
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "one"]):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *command], cwd=directory, check=True)
    return directory


def _stage(name: str, steps: str, more: str = "") -> str:
    return f"stage('{name}') {{ agent any\n{more}\nsteps {{ {steps} }} }}\n"


def _pipeline(stages: str) -> str:
    return f"pipeline {{ agent none\n stages {{ {stages} }}\n post {{ failure {{ echo 'told' }} }} }}"


def test_the_runner_stops_at_a_failure_and_tells_the_rest(tmp_path: Path) -> None:
    text = _pipeline(_stage("one", "sh 'exit 3'") + _stage("two", "sh 'touch two'"))
    done = jenkinsfile.build(_repository(tmp_path / "r", text), tmp_path / "home", {"BRANCH_NAME": "main"})
    assert (done.result, done.stages) == ("FAILURE", {"one": "FAILURE", "two": "NOT_BUILT"})
    assert "exit code 3" in done.log
    assert "told" in done.log


def test_the_runner_gives_each_agent_a_folder_of_its_own(tmp_path: Path) -> None:
    text = _pipeline(
        _stage("one", "sh 'touch kept lost'; stash name: 's', includes: 'kept'")
        + _stage("two", "unstash 's'; sh 'ls; test -f kept && test ! -f lost'")
        + _stage("three", "unstash 'nothing'")
    )
    done = jenkinsfile.build(_repository(tmp_path / "r", text), tmp_path / "home", {"BRANCH_NAME": "main"})
    assert done.stages == {"one": "SUCCESS", "two": "SUCCESS", "three": "FAILURE"}


def test_the_runner_asks_before_it_goes_on(tmp_path: Path) -> None:
    when = "when { beforeInput true\n branch 'main' }\n input { message 'Go?' }"
    repository = _repository(tmp_path / "r", _pipeline(_stage("one", "echo 'gone'", when)))
    results = {
        (branch, yes): jenkinsfile.build(
            repository, tmp_path / f"{branch}{yes}", {"BRANCH_NAME": branch}, approve=yes
        ).result
        for branch, yes in (("main", True), ("main", False), ("other", False))
    }
    assert results == {("main", True): "SUCCESS", ("main", False): "ABORTED", ("other", False): "SUCCESS"}


def test_the_runner_knows_no_step_that_jenkins_does_not_know(tmp_path: Path) -> None:
    repository = _repository(tmp_path / "r", _pipeline(_stage("one", "script { shell 'make' }")))
    done = jenkinsfile.build(repository, tmp_path / "home", {"BRANCH_NAME": "main"})
    assert done.result == "FAILURE"
    assert "No such DSL method 'shell'" in done.log
