"""``invoke``: the Python way, with the workflow of the product's description as it is written there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.directories import read_tree

import codemods
from codemods import invoke

EXAMPLES = Path(__file__).parent.parent / "frameworks" / "fastapi" / "examples"
pytestmark = pytest.mark.usefixtures("quick_rendering")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "sqlalchemy-sync" / "before", tmp_path / "my-api"))


def test_the_workflow_of_the_description_runs_as_written(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = read_tree(shop)
    invoker: Any = codemods
    path = str(shop)

    # Point code-instrumenter at your existing project
    result = invoker.invoke(
        "code-instrumenter",
        "analyze_codebase",
        {"project_path": path, "language": "python", "framework": "fastapi"},
    )

    print(f"Found {len(result.data['entry_points'])} entry points")  # noqa: T201
    print(f"Instrumentation needed: {result.data['instrumentation_needed']}")  # noqa: T201

    # Add tracing
    tracing_result = invoker.invoke(
        "code-instrumenter",
        "add_tracing",
        {
            "project_path": path,
            "service_name": "my-api",
            "jaeger_endpoint": "http://localhost:14268",
            "sampling_rate": 0.1,
            "auto_instrument": True,
            "trace_database": True,
            "trace_http": True,
        },
    )

    print(f"✅ Added tracing to {tracing_result.data['instrumentation_points']} points")  # noqa: T201
    print(f"✅ Modified files: {tracing_result.data['files_modified']}")  # noqa: T201

    # Add profiling
    profiling_result = invoker.invoke(
        "code-instrumenter",
        "add_profiling",
        {"project_path": path, "auto_detect_slow": True, "profile_memory": True, "profile_cpu": True},
    )

    print(f"✅ Added profiling to {len(profiling_result.data['profiled_functions'])} functions")  # noqa: T201

    # Add metrics
    metrics_result = invoker.invoke(
        "code-instrumenter",
        "add_metrics",
        {
            "project_path": path,
            "framework": "fastapi",
            "track_requests": True,
            "track_latency": True,
            "track_errors": True,
        },
    )

    print(f"✅ Metrics available at {metrics_result.data['metrics_endpoint']}")  # noqa: T201

    printed = capsys.readouterr().out
    assert "Found 1 entry points" in printed
    assert "opentelemetry-sdk" in printed
    assert "✅ Added tracing to 3 points" in printed
    assert "✅ Modified files: ['music/main.py', 'requirements.txt']" in printed
    assert "✅ Metrics available at /metrics" in printed
    assert "4318" in tracing_result.warnings[0]
    settings = yaml.safe_load((shop / "config" / "instrumentation.yaml").read_text())
    assert settings["tracing"]["otlp_endpoint"] == "http://localhost:4318"
    assert settings["tracing"]["sampling_rate"] == 0.1
    assert settings["profiling"]["memory"] is True
    assert invoke("code-instrumenter", "remove", {"project_path": path}).success
    assert read_tree(shop) == before


BAD = [
    pytest.param(
        "code-instrumenter", "add_trace", {}, "unknown operation 'add_trace'", id="unknown operation"
    ),
    pytest.param("code-instrumentor", "add_tracing", {}, "Skills: code-instrumenter", id="unknown skill"),
    pytest.param(
        "code-instrumenter", "add_tracing", {"sampling": 1}, "unknown parameter 'sampling'", id="unknown"
    ),
    pytest.param(
        "code-instrumenter",
        "add_tracing",
        {"sampling_rate": "0.1"},
        "must be of type float, not str",
        id="text for a number",
    ),
    pytest.param(
        "code-instrumenter", "add_tracing", {"sampling_rate": True}, "must be of type float", id="bool"
    ),
    pytest.param(
        "code-instrumenter",
        "add_tracing",
        {"manual_spans": "f"},
        "must be of type list, not str",
        id="text for a list",
    ),
    pytest.param(
        "code-instrumenter", "add_tracing", {"manual_spans": [1]}, "must be a list of strings", id="numbers"
    ),
    pytest.param(
        "code-instrumenter", "generate_config", {"environment": "moon"}, "must be one of", id="no choice"
    ),
    pytest.param(
        "code-instrumenter", "add_metrics", {"custom_metrics": ["a"]}, "list of mappings", id="no mappings"
    ),
    pytest.param(
        "code-instrumenter", "apply", {"only": "tracing"}, "only: must be of type list", id="option: text"
    ),
    pytest.param(
        "code-instrumenter", "apply", {"check": "yes"}, "check: must be of type bool", id="option: no bool"
    ),
    pytest.param(
        "code-instrumenter", "apply", {"data": []}, "data: must be of type dict", id="option: no mapping"
    ),
]


@pytest.mark.parametrize(("skill", "operation", "parameters", "expected"), BAD)
def test_bad_input_is_a_result_with_a_message_and_never_raises(
    shop: Path, skill: str, operation: str, parameters: dict[str, Any], expected: str
) -> None:
    before = read_tree(shop)
    result = invoke(skill, operation, {"project_path": str(shop), **parameters})
    assert result.success is False
    assert result.exit_code == 2
    assert expected in result.errors[0]
    assert read_tree(shop) == before


@pytest.mark.parametrize("path", [None, 3, ""], ids=["missing", "a number", "empty"])
def test_no_path_is_said(path: object) -> None:
    parameters = {} if path is None else {"project_path": path}
    result = invoke("code-instrumenter", "apply", parameters)
    assert result.errors == ["project_path: missing\n  Give the directory of the project."]


def test_a_path_object_and_shared_flags_are_taken(shop: Path) -> None:
    before = read_tree(shop)
    result = invoke(
        "code-instrumenter", "apply", {"project_path": shop, "check": True, "skip": ["profiling"]}
    )
    assert result.success
    assert result.exit_code == 1
    assert "music/main.py" in result.data["files_modified"]
    assert read_tree(shop) == before


def test_parameters_that_are_none_are_not_given(shop: Path) -> None:
    given = {"project_path": shop, "service_name": None, "sampling_rate": None, "check": True}
    assert invoke("code-instrumenter", "add_tracing", given).success
