"""Services under test: made observable by the tool's own command, then started as their Procfile would start them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from support.environments import environment
from support.processes import Process, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Answer:
    """What a service answered, and how long it took."""

    status: int
    body: str
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """Decode the body."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Project:
    """A service that can be started.

    Attributes:
        directory: Its checkout.
        python: Interpreter of the environment that holds its requirements.
        applied: What the tool printed when it was applied; empty for a bare service.
    """

    directory: Path
    python: Path
    applied: str = ""


@dataclass
class Service:
    """A running web process (with its workers)."""

    process: Process
    port: int

    @property
    def address(self) -> str:
        """``host:port``, as Prometheus wants it."""
        return f"127.0.0.1:{self.port}"

    def request(self, path: str, *, method: str = "GET", seconds: float = 30.0) -> Answer:
        """Send one request on a connection of its own; an error status is an answer too."""
        asked = urllib.request.Request(f"http://{self.address}{path}", method=method)
        begin = time.perf_counter()
        try:
            with urllib.request.urlopen(asked, timeout=seconds) as response:
                status, body, headers = response.status, response.read().decode(), dict(response.headers)
        except urllib.error.HTTPError as error:
            with error:
                status, body, headers = error.code, error.read().decode(), dict(error.headers)
        return Answer(status, body, time.perf_counter() - begin, headers)


def observed(source: Path, directory: Path, *arguments: str) -> Project:
    """Copy a bare service, apply the tool to the copy with its own answers, and install what its manifest now says.

    Args:
        source: The bare service.
        directory: Where the copy goes; must not exist.
        arguments: More arguments for ``release-quality apply``.

    Raises:
        AssertionError: The tool did not do everything.
    """
    shutil.copytree(source, directory, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "codemods", "apply", str(directory), "--defaults", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)} → {done.returncode}\n{done.stdout}{done.stderr}"
    requirements = (directory / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return Project(directory, environment(_requirements(requirements)), done.stdout)


def bare(source: Path, directory: Path, same_environment: Project) -> Project:
    """Copy a service and leave it as it is, to be compared with its observed form in one environment."""
    shutil.copytree(source, directory, ignore=shutil.ignore_patterns("__pycache__"))
    return Project(directory, same_environment.python)


def _requirements(lines: list[str]) -> list[str]:
    """Return the requirements of a file without comments, so that equal sets share an environment."""
    bare_lines = (line.split(" #")[0].strip() for line in lines)
    return [line for line in bare_lines if line and not line.startswith("#")]


def start(
    project: Project, command: Sequence[str], variables: Mapping[str, str], *, name: str = "process"
) -> Process:
    """Start ``python -m COMMAND`` in a project, with no variable of this machine but those that a process needs."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    process = Process(
        [str(project.python), "-m", *command],
        project.directory / f"{name}-{free_port()}.log",
        project.directory,
        {**kept, "PYTHONUNBUFFERED": "1", **variables},
    )
    process.start()
    return process


@contextlib.contextmanager
def serve(
    project: Project, command: Sequence[str], variables: Mapping[str, str], *, alive: str = "/health"
) -> Iterator[Service]:
    """Run a web server until the end of the block.

    Args:
        project: What to serve.
        command: Module and arguments after ``python -m``; ``{port}`` stands for the port.
        variables: Environment of the service.
        alive: Path that answers 200 as soon as the service is up.
    """
    port = free_port()
    process = start(project, [word.replace("{port}", str(port)) for word in command], variables, name="web")
    service = Service(process, port)
    try:
        process.wait_ready(lambda: service.request(alive, seconds=2).status == 200, seconds=60)
        yield service
    finally:
        process.stop()
