"""`.quality-gates.yaml`: what is rendered, what is said about a mistake in it, and the schema that editors use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import quality
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic.json_schema import GenerateJsonSchema
from quality.errors import QualityError
from quality.settings import Settings, load_settings

from codemods.render import render

SCHEMA = Path(quality.__file__).with_name("quality-gates.schema.json")
ANSWERS = {
    "service_name": "shop",
    "package_dir": "shop",
    "package": "shop",
    "language": "python",
    "gates": True,
}


class _Untitled(GenerateJsonSchema):
    """Without titles, which only repeat the keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_text() -> str:
    schema = Settings.model_json_schema(schema_generator=_Untitled)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": ".quality-gates.yaml"}
    return (
        json.dumps(head | {key: value for key, value in schema.items() if key not in head}, indent=2) + "\n"
    )


def rendered(directory: Path, **answers: Any) -> Path:
    file = directory / ".quality-gates.yaml"
    file.write_bytes(render(ANSWERS | answers)[file.name])
    return file


def load(directory: Path, text: str) -> Settings:
    file = directory / ".quality-gates.yaml"
    file.write_text(text)
    return load_settings(file)


def test_the_schema_is_that_of_the_model(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-examples"):
        SCHEMA.write_text(schema_text())
    assert SCHEMA.read_text() == schema_text()


def test_the_rendered_file_holds_the_defaults(tmp_path: Path) -> None:
    assert load_settings(rendered(tmp_path)) == Settings()


def test_the_rendered_file_is_valid_for_the_schema_which_rejects_a_typo(tmp_path: Path) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    content = yaml.safe_load(rendered(tmp_path).read_text())
    assert list(validator.iter_errors(content)) == []
    content["quality_gates"]["test_coverage"]["minn"] = 80
    assert "minn" in next(validator.iter_errors(content)).message


def test_the_answers_become_the_bounds(tmp_path: Path) -> None:
    gates = load_settings(
        rendered(
            tmp_path,
            min_quality_score=70.5,
            max_regressions=2,
            min_test_coverage=60.0,
            max_vulnerabilities=3,
            performance_threshold=7.5,
            block_on_failure=False,
        )
    ).quality_gates
    assert (gates.quality_score.min, gates.regressions.max, gates.test_coverage.min) == (70.5, 2, 60.0)
    assert (gates.vulnerabilities.max, gates.performance.max_degradation_percent) == (3, 7.5)
    assert not any(gate.blocking for gate in dict(gates).values())


def test_without_the_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path / ".quality-gates.yaml") == Settings()


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "# nothing yet\n") == Settings()


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "quality_gates:\n  test_coverage:\n    minn: 80\n",
            ["line 3", "`quality_gates.test_coverage.minn`", "`min`"],
        ),
        ("quality_gate:\n  a: 1\n", ["line 1", "did you mean `quality_gates`?"]),
        ("score:\n  parts:\n    testz: {weight: 1}\n", ["line 3", "did you mean `tests`?"]),
        ("score:\n  parts:\n    tests: {weight: 1}\n", ["line 3", "full_at", "required"]),
        ("score:\n  parts:\n    tests: {weight: 1, full_at: 5, zero_at: 5}\n", ["line 3", "must differ"]),
        ("quality_gates:\n  quality_score: {min: 101}\n", ["line 2", "quality_score.min", "100"]),
        ("quality_gates:\n  quality_score: {missing: ignore}\n", ["line 2", "missing", "fail"]),
        (
            """quality_gates: {vulnerabilities: {waivers: [
  id: CVE-1,
  {id: CVE-1,
  expires: 2030-01-01,
  reason: ''}]}}""",
            ["line 2", "waivers.0"],
        ),
        (
            "quality_gates:\n  vulnerabilities:\n    waivers:\n      - {id: CVE-1, reason: x, expires: never}\n",
            ["line 4", "waivers.0.expires", "date"],
        ),
        ("exclude: 5\n", ["line 1", "exclude"]),
        ("exclude: [a]\nhistory: b\nexclude: [c]\n", ["`exclude` stands here twice", "lines 1 and 3"]),
        ("a: [1\n", ["line 2", "not valid YAML"]),
        ("- a\n", ["dictionary"]),
        ("1: 2\n", ["strings"]),
        ("exclude: &a [*a]\n", ["exclude"]),
        ("text\n", ["dictionary"]),
        ("history: \0\n", ["not valid YAML"]),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_is_meant(
    tmp_path: Path, text: str, messages: list[str]
) -> None:
    with pytest.raises(QualityError) as caught:
        load(tmp_path, text)
    for message in [".quality-gates.yaml", *messages]:
        assert message in str(caught.value)


def test_a_file_in_another_encoding_is_a_message(tmp_path: Path) -> None:
    (tmp_path / ".quality-gates.yaml").write_bytes("history: é\n".encode("latin-1"))
    with pytest.raises(QualityError, match="cannot be read"):
        load_settings(tmp_path / ".quality-gates.yaml")


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
_KEYS = st.sampled_from(["quality_gates", "score", "parts", "tests", "min", "waivers", "evidence", "x", "1"])


@given(
    st.recursive(
        _LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
        max_leaves=12,
    )
)
def test_any_yaml_is_settings_or_a_message(tmp_path_factory: pytest.TempPathFactory, content: object) -> None:
    try:
        settings = load(tmp_path_factory.mktemp("yaml"), yaml.safe_dump(content))
    except QualityError:
        return
    assert isinstance(settings, Settings)
