"""Findings of linters are counted once, and a linter that failed did not find nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from quality import documents
from quality.errors import QualityError
from quality.evidence.files import find_evidence
from quality.evidence.smells import read_smells
from support.evidence import ESLINT, evidence

if TYPE_CHECKING:
    from pathlib import Path

    from support.quality_project import QualityProject


def sarif(*results: dict[str, Any], **run: Any) -> dict[str, Any]:
    tool = {"driver": {"name": "lint", "rules": [{"id": "first-rule"}]}}
    return {"version": "2.1.0", "runs": [{"tool": tool, "results": list(results)} | run]}


def result(**more: Any) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": "src/a.js"}, "region": {"startLine": 3, "startColumn": 1}}
    return {"ruleId": "no-eval", "message": {"text": "No"}, "locations": [{"physicalLocation": place}]} | more


def smells(directory: Path, *contents: object) -> tuple[documents.CodeQuality, list[str]]:
    code = documents.CodeQuality()
    files = [evidence(directory, content, f"reports/{at}.sarif") for at, content in enumerate(contents)]
    return code, read_smells(files, code)[1]


def test_ruff_says_the_same_in_both_of_its_formats(sample: QualityProject) -> None:
    sample.write({"shop/bad.py": "import os\nimport sys\n", "shop/broken.py": "def (:\n"})
    for form, name in (("sarif", "ruff.sarif"), ("json", "ruff.json")):
        sample.python(
            "-m",
            "ruff",
            "check",
            "--no-cache",
            "--exit-zero",
            "--output-format",
            form,
            "-o",
            f"reports/{name}",
        )
    read = {}
    for pattern in ("reports/ruff.sarif", "reports/ruff.json", "reports/ruff.*"):
        code = documents.CodeQuality()
        read_smells(find_evidence(sample.root, [pattern]), code)
        read[pattern] = code
    assert read["reports/ruff.json"].by_rule["F401"] == 2
    assert read["reports/ruff.sarif"].by_rule["F401"] == 2
    assert read["reports/ruff.*"].by_rule["F401"] == 2
    assert [one.file for one in read["reports/ruff.json"].smells if one.rule == "F401"] == ["shop/bad.py"] * 2
    assert any("broken.py" in one.file for one in read["reports/ruff.json"].smells)


def test_eslint_findings_and_what_it_could_not_parse(tmp_path: Path) -> None:
    code, _ = smells(tmp_path, ESLINT)
    assert code.by_rule == {"no-unused-vars": 1, "parse-error": 1}
    assert code.smells[0].file == "src/b.js"


def test_accepted_and_informative_results_are_no_findings(tmp_path: Path) -> None:
    code, _ = smells(
        tmp_path,
        sarif(
            result(),
            result(suppressions=[{"kind": "inSource"}]),
            result(suppressions=[{"kind": "external", "status": "rejected"}], ruleId="b"),
            result(kind="pass"),
            result(ruleId=None, ruleIndex=0),
        ),
    )
    assert code.by_rule == {"b": 1, "first-rule": 1, "no-eval": 1}


def test_absolute_paths_become_relative_to_the_project(tmp_path: Path) -> None:
    inside = (tmp_path / "src" / "a b.js").as_uri()
    place = {"physicalLocation": {"artifactLocation": {"uri": inside}, "region": {"startLine": 1}}}
    code, _ = smells(tmp_path, sarif(result(locations=[place])))
    assert code.smells[0].file == "src/a b.js"


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        ({"version": "2.1.0", "runs": []}, "no tool ran"),
        (sarif(invocations=[{"executionSuccessful": False}]), "says that it failed"),
        (sarif(results=None), "has no results"),
    ],
)
def test_a_linter_that_did_not_finish_is_unknown(tmp_path: Path, report: object, reason: str) -> None:
    code, warnings = smells(tmp_path, report)
    assert code.smells_count is None
    assert reason in warnings[0]


def test_without_a_linter_the_number_is_unknown_and_with_one_it_may_be_zero(tmp_path: Path) -> None:
    assert smells(tmp_path)[0].smells_count is None
    assert smells(tmp_path, [])[0].smells_count == 0


@pytest.mark.parametrize(
    "content", ["", "{}", "{", '"text"', "[1]", '[{"code": "E1"}]', '{"runs": [{"results": [1]}]}']
)
def test_an_unusable_report_is_an_error_with_its_name(tmp_path: Path, content: str) -> None:
    with pytest.raises(QualityError) as caught:
        smells(tmp_path, content)
    assert caught.value.where == "reports/0.sarif"
