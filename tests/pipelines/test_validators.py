"""What is rendered for GitHub passes the real validators, whatever the answers; and these validators do reject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support import validators

from codemods.render import render
from pipelines.matrix import EVERYTHING, Case, cases, render_templates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORKFLOW = ".github/workflows/release-quality.yml"
DEPENDABOT = ".github/dependabot.yml"
_CHOSEN: dict[str, dict[str, Any]] = {
    "python": {"service_containers": ["postgresql"], "linters": ["ruff", "mypy"], "service_dir": "backend"},
    "javascript": {"package_manager": "pnpm", "test_framework": "vitest", "linters": ["eslint"]},
    "java": {"package_manager": "gradle"},
}


def _written(directory: Path, number: int, files: dict[str, str], name: str) -> Path:
    path = directory / str(number) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(files[name])
    return path


def _judge(workflows: list[Path], bots: list[Path]) -> dict[str, str]:
    return {
        "actionlint": validators.actionlint(workflows),
        "zizmor": validators.zizmor([*workflows, *bots]),
        "schema": validators.schema("vendor.github-workflows", workflows),
        "timeouts": validators.schema("custom.github-workflows-require-timeout", workflows),
        "dependabot": validators.schema("vendor.dependabot", bots),
        "yamllint": validators.yamllint([*workflows, *bots]),
    }


@pytest.mark.parametrize("language", list(_CHOSEN))
def test_usual_answers_give_a_workflow_without_findings(language: str, tmp_path: Path) -> None:
    files = render(EVERYTHING | {"language": language} | _CHOSEN[language])
    texts = {name: files[name].decode() for name in (WORKFLOW, DEPENDABOT)}
    found = _judge([_written(tmp_path, 0, texts, WORKFLOW)], [_written(tmp_path, 0, texts, DEPENDABOT)])
    assert found == dict.fromkeys(found, "")


def test_the_settings_of_renovate_are_valid(tmp_path: Path) -> None:
    files = render(EVERYTHING | {"dependency_updates": "renovate"})
    assert DEPENDABOT not in files
    path = tmp_path / "renovate.json"
    path.write_bytes(files["renovate.json"])
    assert validators.schema("vendor.renovate", [path]) == ""


@pytest.mark.pipelines
def test_every_combination_of_answers_gives_a_workflow_without_findings(tmp_path: Path) -> None:
    every = list(cases())
    assert len(every) >= 200
    workflows, bots = [], []
    for number, case in enumerate(every):
        files = render_templates(case.answers, ".github/")
        workflows.append(_written(tmp_path, number, files, WORKFLOW))
        bots.append(_written(tmp_path, number, files, DEPENDABOT))
    found = _judge(workflows, bots)
    assert found == dict.fromkeys(found, "")


@pytest.mark.pipelines
@pytest.mark.parametrize("case", list(cases())[::23], ids=lambda case: case.name)
def test_the_matrix_renders_what_copier_renders(case: Case) -> None:
    real = render(EVERYTHING | case.answers)
    texts = render_templates(case.answers, ".github/")
    compared = [name for name in texts if name in real]
    assert WORKFLOW in compared
    assert {name: real[name].decode() for name in compared} == {name: texts[name] for name in compared}


_JOB = """on: push
permissions: {}
jobs:
  one:
    runs-on: ubuntu-24.04
    steps: [{run: echo ${{ github.head_ref }}}]
"""
_BOT = "version: 2\nupdates: [{package-ecosystem: pipp, directory: /}]\n"


@pytest.mark.parametrize(
    ("validate", "name", "text"),
    [
        (validators.actionlint, "w.yml", "on: push\njobs: {one: {runs-on: ubuntu-24.04, steps: [{run: 'cat $X'}]}}\n"),
        (validators.zizmor, ".github/workflows/w.yml", _JOB),
        (validators.yamllint, "w.yml", "a: 1\na: 2\n"),
        (lambda files: validators.schema("vendor.github-workflows", files), "w.yml", "on: push\njob: {}\n"),
        (lambda files: validators.schema("custom.github-workflows-require-timeout", files), "w.yml", _JOB),
        (lambda files: validators.schema("vendor.dependabot", files), "d.yml", _BOT),
        (lambda files: validators.schema("vendor.renovate", files), "r.json", '{"extends": 1}'),
    ],
    ids=["unquoted variable", "branch in a shell line", "key twice", "no jobs", "no timeout", "ecosystem", "renovate"],
)  # fmt: skip
def test_each_validator_rejects(
    validate: Callable[[list[Path]], str], name: str, text: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert validate([path])
