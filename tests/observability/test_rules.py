"""Rules and scrape configuration are what Prometheus' own promtool accepts, and each alert fires when it should."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.engine import engine_directory
from support.monitoring import ANSWERS, rendered_to
from support.processes import INSTALL_HINT
from support.promql import rules

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "template/observability/prometheus/rules").glob("*.yml"))
CASES = sorted((Path(__file__).parent / "rules").glob("*.yml"))


def _programs() -> list[str]:
    """The machine's own promtool and the engine's, which is newer."""
    places = [shutil.which("promtool"), shutil.which("promtool", path=str(engine_directory() / "bin"))]
    found = [place for place in places if place]
    if not found and os.environ.get("RELEASE_QUALITY_REQUIRE_SERVERS"):
        pytest.fail(f"promtool is not installed: {INSTALL_HINT}", pytrace=False)
    if not found:
        pytest.skip(f"promtool is not installed: {INSTALL_HINT}")
    return found


def _promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([_programs()[0], *map(str, arguments)], capture_output=True, text=True, check=False)


def _check_configuration(file: Path) -> subprocess.CompletedProcess[str]:
    program = _programs()[-1]
    if _version(program) < (2, 43):
        # It does not know the mounted scrape configurations yet; what it does know it checks.
        lines = file.read_text(encoding="utf-8").replace(
            "scrape_config_files:\n  - /etc/prometheus.d/*.yml\n", ""
        )
        file.write_text(lines, encoding="utf-8")
    command = [program, "check", "config", "--lint=all", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _version(program: str) -> tuple[int, int]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"version (\d+)\.(\d+)", said.stdout + said.stderr)
    assert found, said
    return int(found[1]), int(found[2])


@pytest.mark.parametrize("file", RULES, ids=lambda path: path.name)
def test_promtool_has_nothing_to_say_about_the_rules(file: Path) -> None:
    done = _promtool("check", "rules", "--lint=all", "--lint-fatal", file)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("- {record: a, expr: sum(x) by}", "parse error"),
        ("- {alert: A, expr: x > 1, for: soon}", "not a valid duration"),
        ("- {record: a, expr: x}\n  - {record: a, expr: x}", "duplicate"),
    ],
)
def test_promtool_rejects_a_wrong_rule(tmp_path: Path, wrong: str, said: str) -> None:
    file = tmp_path / "wrong.yml"
    file.write_text(f"groups:\n- name: g\n  rules:\n  {wrong}\n", encoding="utf-8")
    done = _promtool("check", "rules", "--lint=all", "--lint-fatal", file)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr


@pytest.mark.parametrize("file", CASES, ids=lambda path: path.stem)
def test_alerts_fire_when_they_should_and_only_then(file: Path) -> None:
    done = _promtool("test", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_notices_an_alert_that_does_not_fire(tmp_path: Path) -> None:
    cases = yaml.safe_load(CASES[0].read_text(encoding="utf-8"))
    cases["rule_files"] = [str(path) for path in RULES]
    for series in cases["tests"][0]["input_series"]:
        series["values"] = "1x20"
    file = tmp_path / "wrong.yml"
    file.write_text(yaml.safe_dump(cases), encoding="utf-8")
    done = _promtool("test", "rules", file)
    assert done.returncode != 0
    assert "FAILED" in done.stdout + done.stderr


def _alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules(ROOT / "template/observability") if "alert" in rule]


def test_every_alert_is_provoked_by_a_test() -> None:
    provoked = "\n".join(path.read_text(encoding="utf-8") for path in CASES)
    assert [rule["alert"] for rule in _alerts() if f'"{rule["alert"]}"' not in provoked] == []


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    assert len(_alerts()) > 12
    for rule in _alerts():
        assert set(rule["annotations"]) == {"summary", "description", "runbook"}, rule["alert"]
        assert all(len(text) > 20 for text in rule["annotations"].values()), rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}, rule["alert"]


@pytest.mark.parametrize("file", CASES, ids=lambda path: path.stem)
def test_the_texts_of_alerts_that_fire_are_whole(tmp_path: Path, file: Path) -> None:
    # promtool prints the alerts that it got beside those that were expected: none, here.
    cases = yaml.safe_load(file.read_text(encoding="utf-8"))
    cases["rule_files"] = [str(path) for path in RULES]
    names = [rule["alert"] for rule in _alerts()]
    for case in cases["tests"]:
        times = {question["eval_time"] for question in case.pop("promql_expr_test")}
        case["alert_rule_test"] = [{"eval_time": time, "alertname": name} for time in times for name in names]
    expecting_nothing = tmp_path / "cases.yml"
    expecting_nothing.write_text(yaml.safe_dump(cases), encoding="utf-8")
    done = _promtool("test", "rules", expecting_nothing)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    for flaw in ("error executing template", "error calling", "<no value>", "%!", "{{"):
        assert flaw not in said, said


@pytest.mark.parametrize(
    "answers",
    [
        ANSWERS,
        ANSWERS | {"metrics_port": 9464, "metrics_endpoint": "/internal/metrics", "process_count": 4},
        ANSWERS | {"service_name": "Orders.v2_x-1", "metrics": False},
        {"docker": True, "language": "javascript", "service_name": "prometheus"},
        {"docker": True, "language": "java", "service_name": "app"},
    ],
    ids=["fastapi", "workers", "no metrics", "express", "spring"],
)
def test_promtool_accepts_the_scrape_configuration(tmp_path: Path, answers: dict[str, Any]) -> None:
    folder = rendered_to(tmp_path, answers)
    done = _check_configuration(folder / "prometheus/prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_rejects_a_wrong_scrape_configuration(tmp_path: Path) -> None:
    folder = rendered_to(tmp_path, ANSWERS)
    file = folder / "prometheus/prometheus.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("scrape_timeout: 10s", "scrape_timeout: 20s"))
    done = _check_configuration(file)
    assert done.returncode != 0
    assert "timeout" in done.stderr


def test_the_collectors_jobs_have_names_of_their_own(tmp_path: Path) -> None:
    folder = rendered_to(tmp_path, ANSWERS)
    files = [folder / "prometheus/prometheus.yml", folder / "collector/prometheus/collector.yml"]
    jobs = [
        job["job_name"]
        for file in files
        for job in yaml.safe_load(file.read_text(encoding="utf-8"))["scrape_configs"]
    ]
    assert len(jobs) == len(set(jobs)) == 6
