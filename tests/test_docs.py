"""The documentation says what is so."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SPEC = importlib.util.spec_from_file_location("build_examples", ROOT / "docs" / "build_examples.py")
assert SPEC
assert SPEC.loader
build_examples = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(build_examples)


@pytest.mark.parametrize(
    "framework", sorted({path.parent.parent.name for path in ROOT.glob("frameworks/*/examples/*")})
)
def test_the_examples_page_is_made_from_todays_examples(framework: str) -> None:
    written = (ROOT / "docs" / "examples" / f"{framework}.md").read_text(encoding="utf-8")
    assert written == build_examples.page(framework), "run: python docs/build_examples.py"


def test_every_operation_stands_in_the_readme() -> None:
    from codemods.operation import operations

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in operations() if f"`{name.replace('_', '-')}`" not in readme] == []


def test_every_feature_and_framework_of_the_facts_is_a_choice_of_the_template() -> None:
    from codemods.facts import frameworks, python_facts
    from codemods.render import questions

    assert set(questions()["framework"]["choices"]) == set(frameworks())
    assert set(python_facts().features) <= set(questions())
