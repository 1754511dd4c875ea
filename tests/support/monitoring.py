"""The rendered ``observability/`` folder, run for real: its Prometheus with its rules, its Jaeger, its collector.

The files name the hosts and ports of a compose network; here every one of them becomes a free loopback port, and a
scrape comes every second instead of every fifteenth, as do the counts of spans. Nothing else is changed.
"""

from __future__ import annotations

import contextlib
import json
import re
import signal
import urllib.request
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from codemods.render import render
from support.jaeger import Jaeger
from support.processes import (
    INSTALL_HINT,
    Process,
    ServerMissingError,
    fetch_json,
    free_port,
    program,
    tool_directory,
)
from support.servers import Prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

EVERY_INTERFACE = "0.0.0.0"
# The rendered service: FastAPI with SQLAlchemy and Redis, so that every file is there.
ANSWERS: dict[str, Any] = {
    "docker": True,
    "gates": True,
    "service_name": "orders",
    "package_dir": "orders",
    "package": "orders",
    "framework": "fastapi",
    "libraries": ["sqlalchemy", "redis"],
}


@cache
def _rendered(answers: str) -> dict[str, bytes]:
    return render(json.loads(answers))


def rendered_to(directory: Path, answers: Mapping[str, Any] = ANSWERS) -> Path:
    """Render the template and write what belongs to ``observability/``; return that folder."""
    for name, content in _rendered(json.dumps(dict(answers), sort_keys=True)).items():
        if name.startswith("observability/"):
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return directory / "observability"


@dataclass
class Network:
    """Stands for the compose network: ``host:port`` to the loopback address that it has here."""

    addresses: dict[str, str] = field(default_factory=dict)

    def address(self, name: str) -> str:
        """Return the loopback address of ``host:port``, chosen at the first call."""
        return self.addresses.setdefault(name, f"127.0.0.1:{free_port()}")

    def localised(self, configuration: Any, host: str) -> Any:
        """Replace what a server listens on (``0.0.0.0:4317``, or host and port), whom it names, and its patience."""
        if isinstance(configuration, dict):
            if configuration.get("host") == EVERY_INTERFACE:
                here, _, port = self.address(f"{host}:{configuration['port']}").rpartition(":")
                return configuration | {"host": here, "port": int(port)}
            quick = {key: "1s" for key in configuration if key == "metrics_flush_interval"}
            return {key: self.localised(value, host) for key, value in configuration.items()} | quick
        if isinstance(configuration, list):
            return [self.localised(value, host) for value in configuration]
        if not isinstance(configuration, str):
            return configuration
        if configuration.startswith(f"{EVERY_INTERFACE}:"):
            return self.address(f"{host}:{configuration.rpartition(':')[2]}")
        for name, here in self.addresses.items():
            configuration = configuration.replace(name, here)
        return configuration


def _written(path: Path, configuration: Any) -> Path:
    # JSON is YAML.
    path.write_text(json.dumps(configuration, indent=2), encoding="utf-8")
    return path


@contextlib.contextmanager
def rendered_jaeger(observability: Path, network: Network) -> Iterator[Jaeger]:
    """Run Jaeger with the rendered configuration.

    Raises:
        ServerMissingError: It is not on this machine.
    """
    binary = tool_directory() / "jaeger"
    if not binary.is_file():
        raise ServerMissingError(f"jaeger is not built: {INSTALL_HINT}")
    network.address("prometheus:9090")
    source = yaml.safe_load((observability / "jaeger" / "jaeger.yml").read_text(encoding="utf-8"))
    file = _written(observability / "jaeger" / "running.json", network.localised(source, "jaeger"))
    process = Process([str(binary), "--config", str(file)], file.with_suffix(".log"), file.parent)
    running = Jaeger(
        process, f"http://{network.address('jaeger:4318')}", f"http://{network.address('jaeger:16686')}"
    )
    health = f"http://{network.address('jaeger:13133')}/status"
    try:
        process.start()
        process.wait_ready(lambda: running.ready() and fetch_json(health)["status"] == "StatusOK")
        yield running
    finally:
        # Asked politely it waits 10 s for clients that keep a connection.
        process.stop(signal_number=signal.SIGKILL)


def collector_program() -> str:
    """Return the path of the OpenTelemetry Collector.

    Raises:
        ServerMissingError: It is not on this machine.
    """
    binary = tool_directory() / "otelcol"
    if not binary.is_file():
        raise ServerMissingError("otelcol is not built: run tests/support/install_collector.sh")
    return str(binary)


@contextlib.contextmanager
def rendered_collector(
    observability: Path, network: Network, name: str = "collector", *, host: str = "collector"
) -> Iterator[Process]:
    """Run an OpenTelemetry Collector with ``collector/NAME.yml``.

    Args:
        observability: The rendered folder.
        network: Where it sends to, and where it can be found afterwards.
        name: Which of the configurations.
        host: What it is called in the network.

    Raises:
        ServerMissingError: It is not on this machine.
    """
    source = yaml.safe_load((observability / "collector" / f"{name}.yml").read_text(encoding="utf-8"))
    # A default of a variable is what it is in the network.
    text = re.sub(r"\$\{env:\w+:-([^}]*)\}", r"\1", json.dumps(source))
    file = _written(observability / "collector" / f"{host}.json", network.localised(json.loads(text), host))
    process = Process([collector_program(), "--config", str(file)], file.with_suffix(".log"), file.parent)
    health = f"http://{network.address(f'{host}:13133')}"
    try:
        process.start()
        process.wait_ready(lambda: urllib.request.urlopen(health, timeout=2).status == 200)
        yield process
    finally:
        process.stop(signal_number=signal.SIGKILL)


def localised_prometheus(observability: Path, network: Network, jobs: list[str]) -> Path:
    """Write the rendered configuration with the targets of this machine, and return its path.

    Args:
        observability: The rendered folder.
        network: Where the targets are.
        jobs: Jobs that are scraped; those of collectors have one fixed target instead of a name of the network.
    """
    folder = observability / "prometheus"
    configuration = yaml.safe_load((folder / "prometheus.yml").read_text(encoding="utf-8"))
    # Prometheus reads these since 2.43, and Debian 12 has 2.42.
    del configuration["scrape_config_files"]
    extra = yaml.safe_load((observability / "collector/prometheus/collector.yml").read_text(encoding="utf-8"))
    for job in extra["scrape_configs"]:
        (found,) = job.pop("dns_sd_configs")
        job["static_configs"] = [{"targets": [f"{name}:{found['port']}" for name in found["names"]]}]
    scraped = [
        job for job in configuration["scrape_configs"] + extra["scrape_configs"] if job["job_name"] in jobs
    ]
    for job in scraped:
        for static in job["static_configs"]:
            static["targets"] = [network.address(target) for target in static["targets"]]
    configuration["scrape_configs"] = scraped
    configuration["global"] = dict.fromkeys(
        ["scrape_interval", "scrape_timeout", "evaluation_interval"], "1s"
    )
    return _written(folder / "running.json", configuration)


@contextlib.contextmanager
def rendered_prometheus(observability: Path, network: Network, jobs: list[str]) -> Iterator[Prometheus]:
    """Run Prometheus with the rendered jobs and rules.

    Raises:
        ServerMissingError: It is not on this machine.
    """
    binary = program("prometheus")
    network.addresses["localhost:9090"] = address = network.address("prometheus:9090")
    file = localised_prometheus(observability, network, jobs)
    command = [binary, f"--config.file={file}", f"--storage.tsdb.path={observability}/data"]
    command += [f"--web.listen-address={address}", "--enable-feature=exemplar-storage"]
    running = Prometheus(Process(command, file.with_suffix(".log"), file.parent), f"http://{address}")
    try:
        running.process.start()
        running.process.wait_ready(
            lambda: urllib.request.urlopen(f"{running.url}/-/ready", timeout=2).status == 200
        )
        yield running
    finally:
        running.process.stop()
