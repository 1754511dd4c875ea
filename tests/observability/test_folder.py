"""The folder as a whole: readable YAML, and mounted where its files say that they are."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.engine import INSTALL_HINT, engine_directory
from support.monitoring import ANSWERS

from codemods.render import render

VARIABLES = {
    "GRAFANA_PASSWORD": "x",
    "REDIS_PASSWORD": "x",
    "QUALITY_HISTORY_ADDRESS": "db.example.com:5432",
    "QUALITY_HISTORY_PASSWORD": "it's $x",
}
FILES = ["compose.observability.yml", "compose.collector.yml", "observability/history/compose.yml"]


def compose(directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Let the real Compose read all three files; it needs no engine for that."""
    program = engine_directory() / "bin" / "docker-compose"
    if not program.exists():
        if os.environ.get("RELEASE_QUALITY_REQUIRE_SERVERS"):
            pytest.fail(f"Compose is not here: {INSTALL_HINT}", pytrace=False)
        pytest.skip(f"Compose is not here: {INSTALL_HINT}")
    command = [
        str(program),
        *(word for file in FILES for word in ("--file", file)),
        "config",
        "--format",
        "json",
    ]
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **variables}
    return subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that is rendered around a service."""
    root = tmp_path_factory.mktemp("project")
    for name, content in render(ANSWERS).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def mounts_of(service: dict[str, Any]) -> dict[str, Path]:
    """Return what is mounted from the project, by the path in the container."""
    found = (mount for mount in service.get("volumes", []) if mount["type"] == "bind")
    return {mount["target"]: Path(mount["source"]) for mount in found}


def test_whatever_is_mounted_is_rendered_and_nothing_is_mounted_into_something_else(project: Path) -> None:
    done = compose(project, **VARIABLES)
    assert done.returncode == 0, done.stderr
    services = json.loads(done.stdout)["services"]
    for name in ("grafana", "prometheus", "jaeger", "collector"):
        mounts = mounts_of(services[name])
        assert [str(source) for source in mounts.values() if not source.exists()] == [], name
        # A file cannot be made in a folder that is mounted read-only.
        inside = [target for target in mounts if set(mounts) & {str(above) for above in Path(target).parents}]
        assert inside == [], name


def test_paths_in_files_are_those_of_the_containers(project: Path) -> None:
    done = compose(project, **VARIABLES)
    services = json.loads(done.stdout)["services"]
    grafana = mounts_of(services["grafana"])
    for provider in (
        "grafana/provisioning/dashboards/observability.yml",
        "history/provider.yml",
    ):
        document = yaml.safe_load((project / "observability" / provider).read_text(encoding="utf-8"))
        assert list(grafana[document["providers"][0]["options"]["path"]].glob("*.json")), provider
    prometheus = mounts_of(services["prometheus"])
    settings = yaml.safe_load((prometheus["/etc/prometheus"] / "prometheus.yml").read_text(encoding="utf-8"))
    (scraped,) = settings["scrape_config_files"]
    assert list(prometheus[str(Path(scraped).parent)].glob(Path(scraped).name))
    assert list(prometheus["/etc/prometheus"].glob(settings["rule_files"][0]))
    given = services["grafana"]["environment"]
    source = (project / "observability/history/datasource.yml").read_text(encoding="utf-8")
    named = {word.strip("$") for word in source.split() if word.startswith("$QUALITY_HISTORY")}
    assert named <= set(given)
    # Compose writes a dollar sign twice, so that its output can be read again.
    assert given["QUALITY_HISTORY_PASSWORD"].replace("$$", "$") == VARIABLES["QUALITY_HISTORY_PASSWORD"]


def test_the_history_does_not_start_without_its_database(project: Path) -> None:
    done = compose(project, **{key: value for key, value in VARIABLES.items() if "HISTORY" not in key})
    assert done.returncode != 0
    # Compose names one of them, whichever it comes to first.
    named = re.search(r"required variable (QUALITY_HISTORY_\w+) is missing a value: (.+)", done.stderr)
    assert named, done.stderr
    assert named[2].strip()
