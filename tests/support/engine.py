"""A container engine of the tests' own: started on a socket of its own, stopped, and nothing of it left behind.

`install_engine.sh` beside this file unpacks it. Its data stays in the user's cache between runs, because the images that
services are built on (`images.py`) take minutes to make.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.processes import (
    Process,
    ServerFailedError,
    ServerMissingError,
    temporary_directory,
    tool_directory,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INSTALL_HINT = "run tests/support/install_engine.sh as root"


def engine_directory() -> Path:
    """Return where the engine's programs are."""
    named = os.environ.get("RELEASE_QUALITY_ENGINE")
    return Path(named) if named else tool_directory().parent / "engine"


@dataclass(frozen=True)
class Engine:
    """A running engine.

    Attributes:
        programs: The directory of its programs.
        environment: What its client needs in the environment.
    """

    programs: Path
    environment: Mapping[str, str]

    def run(
        self, *arguments: str, seconds: float = 300, check: bool = True, directory: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run ``docker`` with some arguments.

        Raises:
            ServerFailedError: It failed, and ``check`` says that it must not; with its last lines.
        """
        done = subprocess.run(
            [str(self.programs / "docker"), *arguments],
            env=dict(self.environment),
            cwd=directory,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
        if check and done.returncode:
            raise ServerFailedError(f"docker {' '.join(arguments)}:\n{(done.stdout + done.stderr)[-4000:]}")
        return done

    def output(self, *arguments: str) -> str:
        """Return what ``docker`` prints."""
        return self.run(*arguments).stdout.strip()

    def inspect(self, name: str) -> dict[str, Any]:
        """Return what the engine knows about an image or a container."""
        found: list[dict[str, Any]] = json.loads(self.output("inspect", name))
        return found[0]

    def exists(self, image: str) -> bool:
        """Return whether an image is there."""
        return self.run("image", "inspect", image, check=False).returncode == 0


@contextlib.contextmanager
def engine() -> Iterator[Engine]:
    """Run an engine; one at a time on a machine.

    Raises:
        ServerMissingError: It is not installed, or this is not root.
        ServerFailedError: It does not start; with its log.
    """
    home = engine_directory()
    programs, data = home / "bin", home.with_name("engine-data")
    if not (programs / "dockerd").exists():
        raise ServerMissingError(f"there is no container engine: {INSTALL_HINT}")
    if os.geteuid() != 0:
        raise ServerMissingError("only root can start containers")
    data.mkdir(parents=True, exist_ok=True)
    with temporary_directory("engine") as run, home.with_name("engine.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        socket = run / "docker.sock"
        environment = os.environ | {
            "PATH": os.pathsep.join([str(programs), "/usr/sbin", "/sbin", os.environ.get("PATH", "")]),
            "DOCKER_HOST": f"unix://{socket}",
            "DOCKER_CONFIG": str(home / "config"),
        }
        command = [str(programs / "dockerd"), "--host", f"unix://{socket}", "--data-root", str(data)]
        command += [
            "--exec-root",
            str(run / "exec"),
            "--pidfile",
            str(run / "docker.pid"),
            "--log-level",
            "warn",
        ]
        process = Process(command, run / "dockerd.log", run, environment)
        running = Engine(programs, environment)
        with _network_restored():
            try:
                process.start()
                process.wait_ready(lambda: running.run("info", check=False).returncode == 0, seconds=60)
                yield running
            finally:
                _stop_containers(running)
                process.stop(seconds=30)
                _unmount(run)


def _stop_containers(running: Engine) -> None:
    """Remove what tests made and did not remove; images stay."""
    containers = running.run("ps", "--all", "--quiet", check=False).stdout.split()
    if containers:
        running.run("rm", "--force", "--volumes", *containers, check=False)
    running.run("network", "prune", "--force", check=False)
    running.run("volume", "prune", "--force", "--all", check=False)


def _unmount(directory: Path) -> None:
    """Unmount what the engine leaves mounted below a directory: its network name spaces."""
    mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    for line in reversed(mounts):
        if line.split()[1].startswith(f"{directory}/"):
            subprocess.run(["umount", line.split()[1]], check=False, capture_output=True)


@contextlib.contextmanager
def _network_restored() -> Iterator[None]:
    """Put the machine's network back as it was: forwarding, packet filter, bridges."""
    forwarding = Path("/proc/sys/net/ipv4/ip_forward")
    before = forwarding.read_text(encoding="ascii")
    rules = {tool: _rules(tool) for tool in ("iptables", "ip6tables") if shutil.which(f"{tool}-save")}
    links = _bridges()
    try:
        yield
    finally:
        for name in _bridges() - links:
            subprocess.run(["ip", "link", "delete", name], check=False, capture_output=True)
        for tool, saved in rules.items():
            subprocess.run([f"{tool}-restore"], input=saved, text=True, check=False, capture_output=True)
        forwarding.write_text(before, encoding="ascii")


# The tables that the engine writes to, with the chains that each of them has by itself.
_CHAINS = {
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
    "raw": ("PREROUTING", "OUTPUT"),
}


def _rules(tool: str) -> str:
    """Return the packet filter's rules, with an empty table for each that is not there yet."""
    saved = subprocess.run([f"{tool}-save"], capture_output=True, text=True, check=False).stdout
    for table, chains in _CHAINS.items():
        if f"*{table}\n" not in saved:
            saved += f"*{table}\n" + "".join(f":{chain} ACCEPT\n" for chain in chains) + "COMMIT\n"
    return saved


def _bridges() -> set[str]:
    return {path.parent.name for path in Path("/sys/class/net").glob("*/bridge")}
