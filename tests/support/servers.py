"""Real servers for tests: each starts by itself on free loopback ports, in a directory of its own, and is stopped again.

`install_servers.sh` beside this file puts the programs on the machine. A program that is not there raises
`ServerMissingError` with the reason; the fixtures of ``tests/integration`` turn that into a skip, or into a failure
where ``RELEASE_QUALITY_REQUIRE_SERVERS`` is set. `jaeger.py` holds the tracing backend.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.processes import (
    Process,
    ServerFailedError,
    fetch_json,
    free_port,
    temporary_directory,
    wait_until,
)
from support.processes import program as find_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEBIAN_POSTGRESQL = Path("/usr/lib/postgresql")


@dataclass
class Postgres:
    """A PostgreSQL cluster with the databases ``postgres``, ``template0`` and ``template1`` and no password."""

    process: Process
    port: int
    _pg_isready: str

    def url(self, driver: str = "postgresql") -> str:
        """Return the connection URL, for example with ``postgresql+asyncpg`` as the driver."""
        return f"{driver}://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self.process.start()
        command = [self._pg_isready, "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "2"]
        self.process.wait_ready(lambda: subprocess.run(command, check=False).returncode == 0)

    def stop(self) -> None:
        """Stop it at once: open connections are closed (a "fast" shutdown)."""
        self.process.stop(signal_number=signal.SIGINT)


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """Run PostgreSQL on an empty cluster.

    Debian keeps the server's programs out of PATH, in a directory per version; the newest is taken. The server refuses
    to run as root, so root runs it as the user ``postgres`` that the package makes.

    Raises:
        ServerMissingError: The server's programs are not installed.
    """
    versions = sorted(DEBIAN_POSTGRESQL.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    initdb, server, pg_isready = (
        find_program(name, *versions) for name in ("initdb", "postgres", "pg_isready")
    )
    as_postgres = (
        [find_program("setpriv"), "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        if os.geteuid() == 0
        else []
    )
    with temporary_directory("postgres") as directory:
        if as_postgres:
            user = pwd.getpwnam("postgres")
            os.chown(directory, user.pw_uid, user.pw_gid)
        data, port = directory / "data", free_port()
        initialise = [initdb, "--pgdata", str(data), "--auth=trust", "--username=postgres", "--encoding=UTF8"]
        initialise += ["--no-locale", "--no-sync"]
        made = subprocess.run(
            [*as_postgres, *initialise],
            cwd=directory,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise ServerFailedError(f"initdb: {made.stdout}{made.stderr}")
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "fsync": "off",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        process = Process(
            [*as_postgres, server, "-D", str(data), *settings], directory / "server.log", directory
        )
        running = Postgres(process, port, pg_isready)
        try:
            running.start()
            yield running
        finally:
            running.stop()


@dataclass
class Redis:
    """A Redis server that keeps nothing on disk."""

    process: Process
    port: int

    @property
    def url(self) -> str:
        """The connection URL of database 0."""
        return f"redis://127.0.0.1:{self.port}/0"

    def _answers(self, command: bytes, expected: bytes) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
            connection.sendall(command + b"\r\n")
            return connection.recv(16).startswith(expected)

    def flush(self) -> None:
        """Forget everything that is kept."""
        if not self._answers(b"FLUSHALL", b"+OK"):
            raise ServerFailedError("redis-server does not flush")

    def start(self) -> None:
        """Start it and wait for its PONG."""
        self.process.start()
        self.process.wait_ready(lambda: self._answers(b"PING", b"+PONG"))

    def stop(self) -> None:
        """Stop it."""
        self.process.stop()


@contextlib.contextmanager
def redis() -> Iterator[Redis]:
    """Run Redis.

    Raises:
        ServerMissingError: ``redis-server`` is not installed.
    """
    program = find_program("redis-server")
    with temporary_directory("redis") as directory:
        port = free_port()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        running = Redis(Process(command, directory / "server.log", directory), port)
        try:
            running.start()
            yield running
        finally:
            running.stop()


@dataclass
class Sample:
    """One series of a query's answer: its labels, and its value at the time of the query."""

    labels: dict[str, str]
    value: float


@dataclass
class Prometheus:
    """A Prometheus that scrapes twice a second."""

    process: Process
    url: str

    def query(self, expression: str) -> list[Sample]:
        """Evaluate PromQL now.

        Args:
            expression: An expression whose value is a vector or a scalar.

        Raises:
            ValueError: Prometheus does not accept the expression.
        """
        try:
            answer = fetch_json(f"{self.url}/api/v1/query", {"query": expression})
        except urllib.error.HTTPError as error:
            raise ValueError(f"{expression}: {error.read().decode()}") from error
        data = answer["data"]
        if data["resultType"] == "scalar":
            return [Sample({}, float(data["result"][1]))]
        return [Sample(series["metric"], float(series["value"][1])) for series in data["result"]]

    def targets(self) -> list[dict[str, Any]]:
        """Return the scraped targets with ``health``, ``lastError`` and their labels."""
        active: list[dict[str, Any]] = fetch_json(f"{self.url}/api/v1/targets")["data"]["activeTargets"]
        return active

    def wait_until_scraped(self, *, times: int = 1, seconds: float = 20.0) -> None:
        """Wait until each target has answered ``times`` more scrapes than now.

        Raises:
            ServerFailedError: A target is down or unreadable; names its last error.
        """
        for _ in range(times):
            before = time.time()

            def scraped(since: float = before) -> bool:
                seen = self.query("timestamp(up) and (up == 1)")
                return len(seen) == len(self.targets()) > 0 and all(sample.value > since for sample in seen)

            try:
                wait_until(scraped, what="every target is scraped", seconds=seconds)
            except ServerFailedError as error:
                reasons = [(target["scrapeUrl"], target["lastError"]) for target in self.targets()]
                raise ServerFailedError(f"{error}; {reasons}") from None


@contextlib.contextmanager
def prometheus(targets: Sequence[str], *, metrics_path: str = "/metrics") -> Iterator[Prometheus]:
    """Run Prometheus on ``host:port`` targets.

    Raises:
        ServerMissingError: ``prometheus`` is not installed.
    """
    program = find_program("prometheus")
    with temporary_directory("prometheus") as directory:
        configuration = {
            "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms"},
            "scrape_configs": [
                {
                    "job_name": "service",
                    "metrics_path": metrics_path,
                    "static_configs": [{"targets": list(targets)}],
                }
            ],
        }
        # JSON is YAML, and needs no library to be written.
        (directory / "prometheus.yml").write_text(json.dumps(configuration), encoding="utf-8")
        address = f"127.0.0.1:{free_port()}"
        command = [
            program,
            f"--config.file={directory}/prometheus.yml",
            f"--storage.tsdb.path={directory}/data",
        ]
        command += [f"--web.listen-address={address}"]
        running = Prometheus(Process(command, directory / "server.log", directory), f"http://{address}")
        try:
            running.process.start()
            running.process.wait_ready(
                lambda: urllib.request.urlopen(f"{running.url}/-/ready", timeout=2).status == 200
            )
            yield running
        finally:
            running.process.stop()
