"""Rules of the template that hold by reading it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from codemods.facts import frameworks, load_framework, python_facts, source_directory
from codemods.render import questions

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = source_directory()
TEMPLATE_FILES = sorted(path for path in (SOURCE / "template").rglob("*") if path.is_file())
JINJA_FILES = [
    path for path in [*TEMPLATE_FILES, *(SOURCE / "frameworks").rglob("*.jinja")] if path.suffix == ".jinja"
]


def names(paths: list[Path]) -> list[str]:
    return [path.relative_to(SOURCE).as_posix() for path in paths]


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=names(TEMPLATE_FILES))
def test_paths_hold_no_conditions_and_no_quotes(path: Path) -> None:
    parts = path.relative_to(SOURCE / "template").parts
    assert not [part for part in parts if "{%" in part or '"' in part or part.count("{{") > 1]


@pytest.mark.parametrize("path", JINJA_FILES, ids=names(JINJA_FILES))
def test_a_jinja_file_holds_jinja(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    is_partial = path.is_relative_to(SOURCE / "frameworks")
    holds = "{{" in text or "{%" in text or text.startswith("{#")
    assert is_partial or holds, "without Jinja it needs no .jinja suffix"


@pytest.mark.parametrize("path", JINJA_FILES, ids=names(JINJA_FILES))
def test_included_files_exist_for_every_framework(path: Path) -> None:
    for expression in re.findall(r"{% include (.+?) -?%}", path.read_text(encoding="utf-8")):
        literal = re.fullmatch(r'"([^"]+)"', expression)
        if literal:
            assert (SOURCE / literal[1]).is_file()
        elif "framework " in expression and "framework_telemetry" not in expression:
            name = re.findall(r'"([^"]*)"', expression)[-1].lstrip("/")
            for framework in frameworks():
                if f"{{{{ {load_framework(framework).interface}_dir }}}}" in path.parts:
                    assert (SOURCE / "frameworks" / framework / name).is_file()


def test_every_file_of_questions_is_included_once() -> None:
    included = re.findall(
        r"^!include (\S+)$", (SOURCE / "copier.yml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(included) == sorted(
        f"questions/{path.name}" for path in (SOURCE / "questions").glob("*.yml")
    )
    assert len(included) == len(set(included))


@pytest.mark.parametrize("name", sorted(questions()))
def test_every_question_has_a_help_text_and_a_default(name: str) -> None:
    question = questions()[name]
    assert question["help"]
    assert "default" in question


@pytest.mark.parametrize("name", sorted(questions()))
def test_every_text_that_somebody_types_is_validated(name: str) -> None:
    question = questions()[name]
    free = question["type"] in ("str", "yaml", "float") and "choices" not in question
    assert not free or question.get("when") is False or "validator" in question


def test_every_framework_is_a_choice_and_every_choice_a_framework() -> None:
    assert sorted(questions()["framework"]["choices"]) == frameworks()


def test_nothing_in_the_template_needs_trust() -> None:
    text = (SOURCE / "copier.yml").read_text(encoding="utf-8")
    assert not re.findall(r"^_(tasks|migrations|jinja_extensions):", text, re.MULTILINE)


def test_every_library_that_can_be_checked_has_its_check() -> None:
    folder = SOURCE / "frameworks" / "python" / "checks"
    for key, library in python_facts().libraries.items():
        # What one interface knows alone is asked by its own files, under the names that the settings have.
        if library.role in ("database", "cache") and not library.interface:
            assert list(folder.glob(f"{key}.*jinja")), key
