"""Child processes of tests: started, waited for, stopped, with their output kept."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

T = TypeVar("T")

INSTALL_HINT = "run tests/support/install_servers.sh"


class ServerMissingError(RuntimeError):
    """The program of a server is not on this machine."""


class ServerFailedError(RuntimeError):
    """A process ended or stayed silent when it should have answered; the message ends with its output."""


def machine_environment() -> dict[str, str]:
    """Return the environment of this machine without what pytest and a virtual environment have put into it.

    A pipeline finds neither: pytest-benchmark measures nothing where it sees pytest-xdist, and Poetry, PDM and Pipenv
    install into the environment that is active.
    """
    inside = {str(Path(sys.prefix) / folder) for folder in ("bin", "Scripts")}
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "COVERAGE_", "NOX_")) and name != "VIRTUAL_ENV"
    }
    kept["PATH"] = os.pathsep.join(
        folder for folder in os.environ["PATH"].split(os.pathsep) if folder not in inside
    )
    return kept


def tool_directory() -> Path:
    """Return where programs are kept that no package manager has, outside the repository."""
    chosen = os.environ.get("RELEASE_QUALITY_TOOLS")
    if chosen:
        return Path(chosen)
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "release-quality" / "bin"


def free_port() -> int:
    """Return a TCP port of the loopback address that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(
    question: Callable[[], T], *, what: str, seconds: float = 20.0, describe: Callable[[], str] | None = None
) -> T:
    """Ask until the answer is truthy, and return it.

    Raises:
        ServerFailedError: No truthy answer within ``seconds``; names ``what`` and the last answer or error.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            answer = question()
            if answer:
                return answer
            last = f"the last answer was {answer!r}"
        except (OSError, ValueError) as error:
            last = f"the last error was {error!r}"
        if time.monotonic() > end:
            raise ServerFailedError(f"{what}: not within {seconds:g} s; {describe() if describe else last}")
        time.sleep(0.05)


def fetch_json(url: str, query: Mapping[str, str] | None = None) -> Any:
    """Get a URL and decode its JSON."""
    full = f"{url}?{urllib.parse.urlencode(query)}" if query else url
    with urllib.request.urlopen(full, timeout=10) as response:
        return json.load(response)


@dataclass
class Process:
    """A child process in a session of its own, its output in a file.

    Attributes:
        command: What to run.
        log: File that takes standard output and standard error.
        directory: Working directory.
        environment: The whole environment; that of the test run when None.
    """

    command: Sequence[str]
    log: Path
    directory: Path | None = None
    environment: Mapping[str, str] | None = None
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    @property
    def pid(self) -> int:
        """Process id of the running child."""
        if self._child is None:
            raise ServerFailedError(f"{self.command[0]} is not running")
        return self._child.pid

    def start(self) -> None:
        """Start it; a second start without a stop in between does nothing."""
        if self._child is None:
            with self.log.open("ab") as output:
                self._child = subprocess.Popen(
                    self.command,
                    cwd=self.directory,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )

    def wait_ready(self, question: Callable[[], object], *, seconds: float = 20.0) -> None:
        """Wait until ``question`` answers, or raise with the output when the process ends or stays silent first."""

        def ready() -> object:
            if self._child is not None and self._child.poll() is not None:
                raise ServerFailedError(
                    f"{self.command[0]} ended with {self._child.returncode}:\n{self.output()[-4000:]}"
                )
            return question()

        try:
            wait_until(ready, what=f"{self.command[0]} is ready", seconds=seconds)
        except ServerFailedError as error:
            raise ServerFailedError(f"{error}\n{self.output()[-4000:]}") from None

    def stop(self, *, signal_number: int = signal.SIGTERM, seconds: float = 15.0) -> None:
        """Ask it to end, and kill what is left of its session after ``seconds``."""
        child, self._child = self._child, None
        if child is None:
            return
        # A paused process cannot act on the signal.
        for number in (signal.SIGCONT, signal_number):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def pause(self) -> None:
        """Freeze it: connections are accepted by the kernel, answers never come."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen process go on."""
        os.kill(self.pid, signal.SIGCONT)

    def output(self) -> str:
        """Return everything it has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


@contextlib.contextmanager
def temporary_directory(name: str) -> Iterator[Path]:
    """Give a directory with a short path (sockets need one) and remove it afterwards."""
    path = Path(tempfile.mkdtemp(prefix=f"rq-{name}-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def program(name: str, *directories: Path) -> str:
    """Return the path of a program, looked for in ``directories`` first.

    Raises:
        ServerMissingError: It is nowhere to be found.
    """
    found = shutil.which(name, path=os.pathsep.join([*map(str, directories), os.environ.get("PATH", "")]))
    if found is None:
        raise ServerMissingError(f"{name} is not installed: {INSTALL_HINT}")
    return found
