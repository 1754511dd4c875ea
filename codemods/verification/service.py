"""Start a service as a child process and make sure that nothing of it is left afterwards."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import socket
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from codemods.errors import ReleaseQualityError, UsageError
from codemods.facts import load_framework
from codemods.verification.interpreter import lacking_modules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import FrameType

    from codemods import launch_facts as launches
    from codemods.analysis.model import Analysis, Application

_KEPT_LINES = 20_000
_SHOWN_LINES = 25
_NOT_INSTALLED = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")
_PORT_OPTIONS = ("--port", "-p")
_BIND_OPTIONS = ("--bind", "-b")


class ServiceFailedError(ReleaseQualityError):
    """The service did not start, or died (exit code 1)."""


@dataclass(frozen=True)
class Launch:
    """What starts a service: the words of the command, the directory they are for, and what they need around them."""

    command: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return it as one would type it."""
        around = [f"{name}={shlex.quote(value)}" for name, value in self.environment.items()]
        return " ".join([*around, shlex.join(self.command)])


def launch_for(
    analysis: Analysis, application: Application | None, python: Path, port: int, given: str = ""
) -> Launch:
    """Work out the command that serves an application on a port of this machine.

    Args:
        analysis: The project.
        application: The application to serve.
        python: The project's interpreter.
        port: Where it shall listen.
        given: The user's own command; ``{port}`` in it, or the value of its port option, becomes the port.

    Raises:
        UsageError: Neither the application nor the project says how it is started.
    """
    root = Path(analysis.project_path)
    if given:
        words = with_port(shlex.split(given), port)
        return Launch((_program(words[0], python), *words[1:]), root) if words else _no_launch(root)
    if application is not None and application.import_string:
        facts = load_framework(application.framework or analysis.framework).launch
        command, factory, directory = _command(facts, application, python)
        module, _, name = application.import_string.partition(":")
        elsewhere = analysis.package is not None and analysis.package.import_root not in ("", ".")
        parts = [command, factory if application.factory else "", directory if elsewhere else ""]
        values = {
            "import_string": application.import_string,
            "module": module,
            "name": name,
            "port": port,
            "directory": analysis.package.import_root if analysis.package else ".",
        }
        around = {variable: value.format(**values) for variable, value in facts.environment.items()}
        return Launch((str(python), *shlex.split(" ".join(parts).format(**values))), root, around)
    for found in analysis.launch_commands:
        if found.server in {"uvicorn", "hypercorn", "gunicorn", "fastapi"} and found.target:
            words = [found.server, found.target, *(["--factory"] if found.factory else [])]
            words += (
                ["--bind", f"127.0.0.1:{port}"]
                if found.server in {"gunicorn", "hypercorn"}
                else ["--port", str(port)]
            )
            return Launch((str(python), "-m", *words), root / found.directory)
    return _no_launch(root)


def _command(facts: launches.Launch, application: Application, python: Path) -> tuple[str, str, str]:
    """Return a command and what a factory or a directory add to it: of an installed server, or the framework's own."""
    made_by = application.constructor.split(".")
    servers = [server for server in facts.servers if server.serves in made_by]
    for server in servers:
        if not lacking_modules(python, [server.module]):
            return f"-m {server.module} {server.command}", "", server.directory
    if facts.serves and facts.serves not in made_by:
        names = [server.module for server in servers]
        raise UsageError(
            f"no server for {application.import_string} is installed: {', '.join(names) or 'none is known'}",
            where=str(python),
            hint='Install one, or name the command: --launch "uvicorn config.asgi:application --port {port}"',
        )
    return facts.command, facts.factory, facts.directory


def _no_launch(root: Path) -> Launch:
    raise UsageError(
        "nothing says how this service is started",
        where=str(root),
        hint='Name the command, for example: --launch "uvicorn app.main:app --port {port}"',
    )


def with_port(words: Sequence[str], port: int) -> list[str]:
    """Return a command's words with its port replaced, wherever the command names one."""
    result = [
        word.replace("{port}", str(port)).replace("${PORT}", str(port)).replace("$PORT", str(port))
        for word in words
    ]
    for index, word in enumerate(result):
        name, equals, _ = word.partition("=")
        follows = index + 1 < len(result)
        if name in _PORT_OPTIONS and equals:
            result[index] = f"{name}={port}"
        elif name in _BIND_OPTIONS and equals:
            result[index] = f"{name}=127.0.0.1:{port}"
        elif word in _PORT_OPTIONS and follows:
            result[index + 1] = str(port)
        elif word in _BIND_OPTIONS and follows:
            result[index + 1] = f"127.0.0.1:{port}"
    return result


def _program(name: str, python: Path) -> str:
    """Take a program from the project's environment before anything else on the path."""
    if name in {"python", "python3"}:
        return str(python)
    beside = python.parent / name
    return str(beside) if os.sep not in name and beside.exists() else name


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """A running service: started when its ``with`` block begins, gone with all its children when it ends.

    Args:
        launch: How to start it.
        environment: The child's whole environment.
        port: Where it will answer.
        timeout: Seconds it may take to listen.

    Raises:
        ServiceFailedError: It died or did not listen in time; with the last lines of its output.
    """

    def __init__(
        self, launch: Launch, environment: Mapping[str, str], port: int, *, timeout: float = 30.0
    ) -> None:
        """Describe a service that does not run yet."""
        self.launch, self.port, self.timeout = launch, port, timeout
        self._environment = dict(environment)
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._guards = contextlib.ExitStack()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """What it has printed so far, both streams in the order they came."""
        return "".join(list(self._lines))

    @property
    def running(self) -> bool:
        """Whether it is still there."""
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> Self:
        """Start it and wait until it listens."""
        self._guards.enter_context(_termination_as_exit())
        try:
            self._process = subprocess.Popen(
                self.launch.command,
                cwd=self.launch.directory,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                # Its own group, so that workers and reloaders can be stopped with it.
                start_new_session=True,
            )
            self._reader = threading.Thread(target=self._read, name="service-output", daemon=True)
            self._reader.start()
            self._wait_until_listening()
        except OSError as error:
            self.stop()
            raise ServiceFailedError(
                f"cannot be started: {error.strerror}", where=str(self.launch)
            ) from error
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def stop(self, grace: float = 8.0) -> None:
        """Ask the whole process group to end, and end it when it does not listen."""
        if (process := self._process) is not None:
            _signal_group(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(grace)
            # The leader may be gone while a worker is not.
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
            if self._reader is not None:
                self._reader.join(2)
            if process.stdout is not None:
                process.stdout.close()
            self._process = None
        self._guards.close()

    def failure(self, what: str) -> ServiceFailedError:
        """Return an error that ends with the last lines of the output."""
        lines = self.output.splitlines()[-_SHOWN_LINES:]
        shown = "".join(f"\n    | {line}" for line in lines) or "\n    | (it printed nothing)"
        hint = f"Start it by hand in {self.launch.directory}, or name another command with --launch."
        if lacking := _NOT_INSTALLED.search(self.output):
            hint = f"{lacking[1]} is not installed there: install what the project's manifest names now, and try again."
        return ServiceFailedError(
            f"{what}; its last lines:{shown}",
            where=str(self.launch),
            hint=hint,
        )

    def _read(self) -> None:
        process = self._process
        if process is not None and process.stdout is not None:
            with contextlib.suppress(ValueError):
                self._lines.extend(iter(process.stdout.readline, ""))

    def _wait_until_listening(self) -> None:
        deadline = time.monotonic() + self.timeout
        while time.monotonic() < deadline:
            if not self.running:
                if self._reader is not None:
                    self._reader.join(2)
                code = self._process.returncode if self._process else "?"
                raise self.failure(f"the service ended with exit code {code} before it answered")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)
        raise self.failure(f"the service does not listen on port {self.port} after {self.timeout:.0f} s")


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


@contextlib.contextmanager
def _termination_as_exit() -> Iterator[None]:
    """Turn SIGTERM into an exception, so that stopping this tool stops the service too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _frame: FrameType | None) -> Any:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
