"""GitLab's pipeline: read by its schema and by gitlab-ci-local, whatever the answers; and what runs when."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from support import gitlab, validators

from codemods.render import render
from pipelines.matrix import EVERYTHING, Case, cases
from pipelines.rendered_cases import GITLAB as PIPELINE
from pipelines.rendered_cases import GITLAB_ENTRY as ENTRY
from pipelines.rendered_cases import every_case, pipelines

if TYPE_CHECKING:
    from pathlib import Path

ALWAYS = ["lint", "test", "security", "benchmark", "gate", "report", "docker-build"]
LANGUAGES: dict[str, dict[str, Any]] = {
    "python": {"service_containers": ["postgresql", "redis"], "service_dir": "backend"},
    "javascript": {"package_manager": "npm", "test_framework": "vitest"},
    "java": {"package_manager": "maven"},
}


def _repository(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "one"]):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *command], cwd=directory, check=True)
    return directory


def _rendered(directory: Path, answers: dict[str, Any]) -> Path:
    files = render(EVERYTHING | answers)
    return _repository(directory, {name: files[name].decode() for name in (ENTRY, PIPELINE)})


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_usual_answers_give_a_pipeline_that_gitlab_takes(language: str, tmp_path: Path) -> None:
    repository = _rendered(tmp_path, {"language": language} | LANGUAGES[language])
    files = [repository / ENTRY, repository / PIPELINE]
    assert gitlab.schema(files) == ""
    assert validators.yamllint(files) == ""
    checked = gitlab.gitlab_ci_local(repository, "--validate-dependency-chain")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "All job dependencies are valid" in checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (gitlab.MERGE_REQUEST, ALWAYS),
        (gitlab.DEFAULT_BRANCH, [*ALWAYS, "deploy"]),
        (gitlab.TAG, ALWAYS),
        (gitlab.OTHER_BRANCH, []),
    ],
    ids=["merge request", "default branch", "tag", "a branch without a merge request"],
)
def test_each_pipeline_has_its_jobs_once(
    variables: dict[str, str], expected: list[str], tmp_path: Path
) -> None:
    repository = _rendered(tmp_path, {"language": "python"})
    found = gitlab.jobs(repository, variables)
    assert list(found) == [f"quality:{name}" for name in expected]
    if "deploy" in expected:
        assert found["quality:deploy"]["when"] == "manual"


def test_a_pipeline_of_the_project_takes_ours_in_and_keeps_its_own_jobs(tmp_path: Path) -> None:
    files = render(EVERYTHING | {"language": "python", "gitlab_entry": "none"})
    assert ENTRY not in files
    theirs = f"include: [{{local: {PIPELINE}}}]\nstages: [check, test, deploy]\ntest: {{stage: check, script: [make]}}\n"
    repository = _repository(tmp_path, {ENTRY: theirs, PIPELINE: files[PIPELINE].decode()})
    found = gitlab.jobs(repository, gitlab.DEFAULT_BRANCH)
    assert found["test"]["stage"] == "check"
    assert found["quality:test"]["stage"] == "test"


@pytest.mark.pipelines
def test_every_combination_of_answers_gives_a_pipeline_that_gitlab_takes(tmp_path: Path) -> None:
    files = []
    for case, rendered in every_case():
        for name in (ENTRY, PIPELINE):
            path = tmp_path / case.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(rendered[name])
            files.append(path)
    assert len(files) >= 400
    assert gitlab.schema(files) == ""
    assert validators.yamllint(files) == ""


@pytest.mark.pipelines
@pytest.mark.parametrize("case", list(cases())[::23], ids=lambda case: case.name)
def test_gitlab_ci_local_reads_every_kind_of_pipeline(case: Case, tmp_path: Path) -> None:
    rendered = pipelines(case)
    repository = _repository(tmp_path, {name: rendered[name] for name in (ENTRY, PIPELINE)})
    checked = gitlab.gitlab_ci_local(repository, "--validate-dependency-chain")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    preview = gitlab.gitlab_ci_local(repository, "--preview")
    assert "quality:security:" in preview.stdout


@pytest.mark.parametrize(
    "text",
    [
        "one: {script: [make], artifact: {paths: [x]}}\n",
        "one: {script: [make], needs: [two]}\n",
        "one: {script: [make], stage: nowhere}\n",
    ],
    ids=["unknown key", "needs nobody", "unknown stage"],
)
def test_gitlab_ci_local_rejects(text: str, tmp_path: Path) -> None:
    repository = _repository(tmp_path, {ENTRY: text})
    checked = gitlab.gitlab_ci_local(repository, "--validate-dependency-chain")
    assert checked.returncode != 0


def test_the_schema_rejects(tmp_path: Path) -> None:
    wrong = tmp_path / ENTRY
    wrong.write_text("one: {script: [make], timeout: [1]}\n")
    assert "timeout" in gitlab.schema([wrong])
