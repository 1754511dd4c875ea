"""Generated images, really built and run: healthy with a read-only root, not root, and gone at SIGTERM."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.containers import EXAMPLES, SERVICES, build, dockerized, lock, started
from support.environments import environment
from support.processes import ServerFailedError, wait_until

from codemods.facts import load_yaml, source_directory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.engine import Engine

pytestmark = pytest.mark.engine

TOOLS: dict[str, str] = load_yaml((source_directory() / "pipelines" / "images.yml").read_text())["tools"]
EXTRAS = {"pdm": "[locked]"}
# What a process ends with that dies of SIGTERM: uvicorn raises it again when it has shut down, and so does Java.
ENDED = {0, 143}


def python(*module: str, package: str) -> list[str]:
    """Return the command of a tool of the package index, in an environment of its own."""
    return [str(environment([f"{package}{EXTRAS.get(package, '')}=={TOOLS[package]}"])), "-m", *module]


LOCKS: dict[str, tuple[str, Callable[[], list[str]]]] = {
    "uv": ("uv.lock", lambda: [*python("uv", "lock", package="uv"), "--python", sys.executable]),
    "poetry": ("poetry.lock", lambda: python("poetry", "lock", "--no-interaction", package="poetry")),
    "pdm": ("pdm.lock", lambda: python("pdm", "lock", "--prod", package="pdm")),
}


def check(engine: Engine, image: str, port: int, environment: dict[str, str] | None = None) -> None:
    with started(engine, image, port, environment) as container:
        assert container.get("/whoami") == {"uid": 10001}
        code, seconds = container.stop()
        assert code in ENDED
        assert seconds < 10


@pytest.mark.parametrize("manager", ["pip", *LOCKS])
def test_a_python_service(
    containers: Engine,
    bases: Callable[..., None],
    tmp_path: Path,
    manager: str,
    record_property: Callable[..., None],
) -> None:
    bases("python")
    source = shutil.copytree(SERVICES / "shelf", tmp_path / "source")
    file = ""
    if manager in LOCKS:
        file, command = LOCKS[manager]
        lock(command(), source)
    root = dockerized(
        source, tmp_path / "shelf", language_version="3.13", package_manager=manager, lock_file=file
    )
    size = build(containers, root, f"shelf-{manager}")
    record_property("megabytes", size)
    check(containers, f"shelf-{manager}", 8000)
    for tool in ("uv", "poetry", "pdm", "gcc"):
        assert containers.run("run", "--rm", f"shelf-{manager}", "which", tool, check=False).returncode == 1


def test_a_lock_that_is_behind_is_refused(
    containers: Engine, bases: Callable[..., None], tmp_path: Path
) -> None:
    bases("python")
    source = shutil.copytree(SERVICES / "shelf", tmp_path / "source")
    file, command = LOCKS["uv"]
    lock(command(), source)
    root = dockerized(
        source, tmp_path / "shelf", language_version="3.13", package_manager="uv", lock_file=file
    )
    manifest = root / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace('"uvicorn', '"httpx", "uvicorn'))
    with pytest.raises(ServerFailedError, match="lockfile"):
        build(containers, root, "shelf-behind")


def test_a_node_service_that_is_built(containers: Engine, bases: Callable[..., None], tmp_path: Path) -> None:
    bases("node")
    source = shutil.copytree(SERVICES / "parcels", tmp_path / "source")
    lock(["npm", "install", "--package-lock-only", "--ignore-scripts"], source)
    root = dockerized(
        source,
        tmp_path / "parcels",
        language_version="24",
        lock_file="package-lock.json",
        build_script=True,
        launch_command=["node", "dist/server.js"],
    )
    build(containers, root, "parcels")
    assert containers.run("run", "--rm", "parcels", "ls", "node_modules/husky", check=False).returncode != 0
    check(containers, "parcels", 3000)


def test_a_spring_boot_service(containers: Engine, bases: Callable[..., None], tmp_path: Path) -> None:
    bases("maven", "temurin")
    root = dockerized(SERVICES / "tickets", tmp_path / "tickets", language_version="21")
    build(containers, root, "tickets")
    assert (
        containers.run("run", "--rm", "--entrypoint", "which", "tickets", "javac", check=False).returncode
        == 1
    )
    check(containers, "tickets", 8080)


@pytest.mark.parametrize(
    ("sample", "port", "settings"),
    [
        ("orders", 8000, {"DATABASE_URL": "sqlite:////data/orders.db"}),
        ("lending", 5000, {"DATABASE_URL": "sqlite:////data/lending.db"}),
        ("clinic", 8000, {"DATABASE_FILE": "/data/clinic.sqlite3"}),
    ],
)
def test_an_observed_sample(
    containers: Engine,
    bases: Callable[..., None],
    tmp_path: Path,
    sample: str,
    port: int,
    settings: dict[str, Any],
) -> None:
    bases("python")
    root = dockerized(EXAMPLES / sample, tmp_path / sample, instrumented=True, language_version="3.13")
    build(containers, root, sample)
    with started(containers, sample, port, settings) as container:
        assert container.get("/health") == {"status": "ok"}
        # Both workers of lending and clinic answer with the sum.
        for _ in range(20):
            with pytest.raises(OSError, match="404"):
                container.text("/nowhere")
        counted = [
            line
            for line in container.text("/metrics").splitlines()
            if line.startswith("http_requests_total{")
        ]
        assert sum(float(line.rpartition(" ")[2]) for line in counted) == 20
        code, seconds = container.stop()
        assert code in ENDED
        assert seconds < 10


def test_an_image_that_is_not_healthy_is_noticed(
    containers: Engine, bases: Callable[..., None], tmp_path: Path
) -> None:
    bases("python")
    root = dockerized(
        SERVICES / "shelf",
        tmp_path / "shelf",
        language_version="3.13",
        launch_command=["python", "-m", "http.server", "1234"],
    )
    build(containers, root, "shelf-elsewhere")
    name = containers.output(
        "run", "--detach", "--health-start-period=1s", "--health-interval=1s", "shelf-elsewhere"
    )
    wait_until(
        lambda: containers.inspect(name)["State"]["Health"]["Status"] == "unhealthy",
        what="unhealthy",
        seconds=60,
    )
    containers.run("rm", "--force", name)


def test_buildkit_checks_every_dockerfile(
    containers: Engine, bases: Callable[..., None], tmp_path: Path
) -> None:
    bases("python")
    root = dockerized(SERVICES / "shelf", tmp_path / "shelf", language_version="3.13")
    done = containers.run("buildx", "build", "--check", str(root))
    assert "no warnings found" in (done.stdout + done.stderr)
    file = root / "Dockerfile"
    file.write_text(file.read_text().replace("--from=packages", "--from=packagez"))
    assert containers.run("buildx", "build", "--check", str(root), check=False).returncode != 0
