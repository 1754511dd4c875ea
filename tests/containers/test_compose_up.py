"""The compose file, really brought up: a service with PostgreSQL and Redis, Prometheus that scrapes, Jaeger that takes traces, load."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from support.containers import SERVICES, Container, dockerized
from support.processes import fetch_json, free_port, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.engine import Engine

pytestmark = pytest.mark.engine

# Grafana cannot be had without an image registry.
WITHOUT_GRAFANA = ["app", "jaeger", "prometheus"]


def test_everything_comes_up_and_goes_down(
    containers: Engine, bases: Callable[..., None], tmp_path: Path
) -> None:
    bases("python", "postgres", "redis", "prometheus", "jaeger", "locust")
    root = dockerized(SERVICES / "shelf", tmp_path / "shelf", instrumented=True, language_version="3.13")
    subprocess.run(["sh", "observability/make-env.sh"], cwd=root, check=True)
    ports = {name: free_port() for name in ("APP_PORT", "JAEGER_PORT", "PROMETHEUS_PORT")}
    with (root / "observability" / ".env").open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in ports.items())
    compose = ["compose", "--env-file", "observability/.env", "--file", "compose.observability.yml"]
    try:
        containers.run(*compose, "up", "--build", "--wait", *WITHOUT_GRAFANA, directory=root, seconds=400)
        app = Container(containers, "shelf-observability-app-1", ports["APP_PORT"])
        assert app.get("/books") == {"books": 1, "asked": 1}
        assert app.get("/whoami") == {"uid": 10001}
        assert app.get("/ready")["status"] == "ok"
        for name in ("app", "postgresql", "redis", "jaeger", "prometheus"):
            assert Container(containers, f"shelf-observability-{name}-1", 0).health() == "healthy"

        load = [*compose, "run", "--rm", "--env", "LOCUST_RUN_TIME=3s"]
        containers.run(*load, "--env", "LOAD_PATHS=/books,/ready", "load", directory=root)
        prometheus = f"http://127.0.0.1:{ports['PROMETHEUS_PORT']}/api/v1/query"
        scraped = wait_until(
            lambda: fetch_json(prometheus, {"query": 'up{job="app"} == 1'})["data"]["result"],
            what="Prometheus scrapes the service",
            seconds=45,
        )
        assert scraped[0]["metric"]["service"] == "shelf"
        jaeger = f"http://127.0.0.1:{ports['JAEGER_PORT']}/api/services"
        wait_until(
            lambda: "shelf" in (fetch_json(jaeger)["data"] or []), what="Jaeger knows the service", seconds=30
        )

        failing = containers.run(*load, "--env", "LOAD_PATHS=/missing", "load", check=False, directory=root)
        assert failing.returncode == 1
        nothing = containers.run(*load, "load", check=False, directory=root)
        assert nothing.returncode == 1
        assert "LOAD_PATHS is empty" in nothing.stdout + nothing.stderr
    finally:
        containers.run(*compose, "--profile", "*", "down", "--volumes", "--timeout", "10", directory=root)
    assert containers.output("ps", "--all", "--quiet") == ""
    assert containers.output("volume", "ls", "--quiet") == ""


def test_a_service_that_never_gets_healthy_fails_the_command(
    containers: Engine, bases: Callable[..., None], tmp_path: Path
) -> None:
    bases("python", "postgres", "redis")
    root = dockerized(
        SERVICES / "shelf",
        tmp_path / "shelf",
        language_version="3.13",
        launch_command=["python", "missing.py"],
    )
    subprocess.run(["sh", "observability/make-env.sh"], cwd=root, check=True)
    with (root / "observability" / ".env").open("a") as file:
        file.write(f"APP_PORT={free_port()}\n")
    compose = ["compose", "--env-file", "observability/.env", "--file", "compose.observability.yml"]
    try:
        done = containers.run(
            *compose, "up", "--build", "--wait", "app", check=False, directory=root, seconds=300
        )
        assert done.returncode == 1
    finally:
        containers.run(*compose, "down", "--volumes", "--timeout", "5", directory=root)
