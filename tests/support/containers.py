"""Projects with generated images: rendered by the tool's own operations, built, and run as their Dockerfile says."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codemods.operation import Options, execute
from support.processes import ServerFailedError, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from support.engine import Engine

SERVICES = Path(__file__).parents[1] / "containers" / "services"
EXAMPLES = Path(__file__).parents[2] / "examples"


def dockerized(source: Path, target: Path, *, instrumented: bool = False, **data: Any) -> Path:
    """Copy a project and let the tool render its image and compose file.

    Args:
        source: The project; it is not touched.
        target: Where the copy goes.
        instrumented: Whether it is made observable as well.
        data: Answers that differ from what the analysis finds.

    Raises:
        AssertionError: The tool did not do everything.
    """
    ignore = shutil.ignore_patterns(".venv", "__pycache__", ".*_cache", "*.db", "node_modules")
    shutil.copytree(source, target, ignore=ignore, dirs_exist_ok=True)
    for operation in ["apply"] * instrumented + ["generate_docker_config"]:
        result = execute(operation, str(target), {}, Options(defaults=True, allow_dirty=True, data=data))
        assert result.success, result.errors
    return target


@dataclass(frozen=True)
class Container:
    """A running container.

    Attributes:
        engine: Where it runs.
        name: Its name there.
        port: Its port on this machine's loopback address.
    """

    engine: Engine
    name: str
    port: int

    def get(self, path: str) -> Any:
        """Ask it over HTTP and decode the JSON."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
            return json.load(response)

    def text(self, path: str) -> str:
        """Ask it over HTTP."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
            return str(response.read().decode())

    def health(self) -> str:
        """What its health check says: starting, healthy or unhealthy."""
        return str(self.engine.inspect(self.name)["State"]["Health"]["Status"])

    def stop(self) -> tuple[int, float]:
        """Send it SIGTERM; return its exit code and how long it took, in seconds."""
        begun = time.monotonic()
        self.engine.run("stop", "--timeout", "20", self.name)
        return int(self.engine.inspect(self.name)["State"]["ExitCode"]), time.monotonic() - begun


def build(engine: Engine, directory: Path, tag: str, *arguments: str) -> float:
    """Build the image of a directory; return its size in megabytes."""
    engine.run("buildx", "build", *arguments, "--tag", tag, str(directory), seconds=600)
    return round(float(engine.inspect(tag)["Size"]) / 1e6, 1)


@contextlib.contextmanager
def started(
    engine: Engine, image: str, port: int, environment: Mapping[str, str] | None = None
) -> Iterator[Container]:
    """Run an image as its first lines say, and without any privilege; wait until it is healthy.

    Raises:
        ServerFailedError: It does not become healthy; with its log.
    """
    settings = [word for name, value in (environment or {}).items() for word in ("--env", f"{name}={value}")]
    hardened = ["--init", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"]  # noqa: S108 - in the container
    hardened += ["--security-opt", "no-new-privileges", "--publish", f"127.0.0.1::{port}"]
    name = engine.output("run", "--detach", *hardened, *settings, image)
    try:

        def healthy() -> bool:
            state = engine.inspect(name)["State"]
            if not state["Running"]:
                raise ServerFailedError(
                    f"it ended with {state['ExitCode']}:\n{engine.run('logs', name).stderr}"
                )
            return bool(state["Health"]["Status"] == "healthy")

        wait_until(
            healthy, what=f"{image} is healthy", seconds=90, describe=lambda: engine.run("logs", name).stderr
        )
        published = engine.output("port", name, str(port)).splitlines()[0]
        yield Container(engine, name, int(published.rpartition(":")[2]))
    finally:
        engine.run("rm", "--force", "--volumes", name)


def lock(command: list[str], directory: Path) -> None:
    """Run a package manager that writes a lock file."""
    subprocess.run(command, cwd=directory, check=True, capture_output=True, timeout=300)
