"""What Copier makes of the answers."""

from __future__ import annotations

import itertools
import shutil
from typing import TYPE_CHECKING, Any

import copier
import pytest
import yaml
from support.rendered import ANSWERS, EVERYTHING

from codemods.errors import UsageError
from codemods.facts import source_directory
from codemods.render import ANSWERS_FILE, render

if TYPE_CHECKING:
    from pathlib import Path

FEATURES = ("tracing", "metrics", "health", "profiling", "logging", "config")
MODULES = {
    "tracing": "tracing.py",
    "metrics": "metrics.py",
    "health": "health.py",
    "profiling": "profiling.py",
    "logging": "logs.py",
    "config": "config_files.py",
}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param("service_name", 'a"b', id="double quote in the name"),
        pytest.param("service_name", "a'b", id="single quote in the name"),
        pytest.param("service_name", "a\nb", id="line end in the name"),
        pytest.param("service_name", "{{ 7 * 7 }}", id="Jinja in the name"),
        pytest.param("service_name", "../up", id="path in the name"),
        pytest.param("service_name", "", id="no name"),
        pytest.param("sampling_rate", 1.5, id="more than all traces"),
        pytest.param("sampling_rate", -0.1, id="less than none"),
        pytest.param("otlp_endpoint", "localhost:4318", id="endpoint without a scheme"),
        pytest.param("otlp_endpoint", 'http://x"; import os', id="code in the endpoint"),
        pytest.param("metrics_endpoint", "metrics", id="path without a slash"),
        pytest.param("health_endpoint", "/he alth", id="blank in a path"),
        pytest.param("readiness_endpoint", "/{x}", id="braces in a path"),
        pytest.param("package_dir", "../../etc", id="folder that leads out"),
        pytest.param("package_dir", "/etc", id="folder from the root"),
        pytest.param("package", "app; import os", id="code in the package"),
        pytest.param("profile_output_dir", "../profiles", id="profiles that lead out"),
        pytest.param("libraries", ["flask"], id="library that is not known"),
        pytest.param("metrics_port", 70000, id="port that is none"),
        pytest.param(
            "readiness_checks", [{"name": "cache", "type": "redis", "target": ""}], id="check of nothing"
        ),
        pytest.param(
            "readiness_checks",
            [{"name": "cache", "type": "django_cache", "target": ""}],
            id="check that the settings list already",
        ),
        pytest.param("log_level", "LOUD", id="level that is none"),
        pytest.param("external_services", ["file:///etc/passwd"], id="service that is no web address"),
        pytest.param(
            "custom_metrics", [{"name": "A", "type": "counter", "description": ""}], id="metric in capitals"
        ),
        pytest.param(
            "custom_metrics",
            [{"name": "a", "type": "counter", "description": 'x"'}],
            id="quote in a description",
        ),
        pytest.param(
            "readiness_checks",
            [{"name": "db", "type": "sqlalchemy", "target": "a b", "is_async": False}],
            id="target that cannot be imported",
        ),
    ],
)
def test_an_answer_that_would_break_the_result_is_refused(question: str, answer: Any) -> None:
    with pytest.raises(UsageError, match=question):
        render(ANSWERS | {question: answer})


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_that_is_off_leaves_no_file(feature: str) -> None:
    rendered = render(EVERYTHING | {feature: False})
    assert f"app/instrumentation/{MODULES[feature]}" not in rendered
    assert feature != "config" or not [path for path in rendered if path.startswith("config/")]


@pytest.mark.parametrize("feature", FEATURES)
def test_one_feature_alone_needs_no_module_of_another(feature: str) -> None:
    rendered = render(EVERYTHING | dict.fromkeys(FEATURES, False) | {feature: True})
    modules = {path.rpartition("/")[2] for path in rendered if path.endswith(".py")}
    assert modules & set(MODULES.values()) == {MODULES[feature]}
    for path, content in rendered.items():
        if path.endswith(".py"):
            for line in content.decode().splitlines():
                if line.startswith("from ."):
                    assert f"{line.split()[1][1:]}.py" in modules, f"{path}: {line}"


@pytest.mark.parametrize("package_dir", [".", "app", "src/shop", "backend/app"])
def test_the_package_is_rendered_where_it_belongs(package_dir: str) -> None:
    rendered = render(ANSWERS | {"package_dir": package_dir, "package": ""})
    prefix = "" if package_dir == "." else f"{package_dir}/"
    assert f"{prefix}instrumentation/tracing.py" in rendered
    assert "config/instrumentation.yaml" in rendered


@pytest.mark.parametrize(
    "combination",
    list(itertools.product([True, False], repeat=3)),
    ids=lambda on: "".join("ny"[x] for x in on),
)
def test_every_combination_compiles(combination: tuple[bool, ...]) -> None:
    tracing, metrics, health = combination
    rendered = render(EVERYTHING | {"tracing": tracing, "metrics": metrics, "health": health})
    for path, content in rendered.items():
        if path.endswith(".py"):
            compile(content, path, "exec")


def test_the_answers_are_recorded_and_render_the_same_again() -> None:
    first = render(EVERYTHING)
    recorded = yaml.safe_load(first[ANSWERS_FILE])
    assert render(recorded) == first


def test_plain_copier_finds_name_and_package_of_an_existing_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, existing = tmp_path / "source", tmp_path / "My Shop"
    for part in ("copier.yml", "questions", "template", "frameworks", "pipelines"):
        origin = source_directory() / part
        (shutil.copytree if origin.is_dir() else shutil.copy2)(origin, _parent(source / part))
    for name in ("src/shop/__init__.py", "tests/__init__.py"):
        _parent(existing / name).touch()
    monkeypatch.chdir(existing)
    copier.run_copy(str(source), ".", defaults=True, quiet=True, answers_file=ANSWERS_FILE)
    recorded = yaml.safe_load((existing / ANSWERS_FILE).read_text(encoding="utf-8"))
    assert (recorded["service_name"], recorded["package_dir"], recorded["package"]) == (
        "my-shop",
        "src/shop",
        "shop",
    )
    assert (existing / "src/shop/instrumentation/tracing.py").is_file()


def _parent(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
