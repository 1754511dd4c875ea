"""Makes the metrics of several worker processes one.

https://prometheus.github.io/client_python/multiprocess/
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import sys
import tempfile
from pathlib import Path

_LOGGER = logging.getLogger(__name__)
_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_FORKING = frozenset({"gunicorn.arbiter", "uwsgi"})


def share_metrics(service: str) -> None:
    """Let worker processes write their values to one directory that all of them read.

    Nothing is done for a single process, and nothing where the variable is set by
    whoever starts the service.
    """
    leader = _leader()
    # These load the service in the process that forks the others, too.
    forks = _FORKING & set(sys.modules)
    if (leader == os.getpid() and not forks) or _VARIABLE in os.environ:
        return
    if "prometheus_client" in sys.modules:
        _LOGGER.warning(
            "prometheus_client was imported before the instrumentation, so each worker"
            " process answers with its own metrics. Import the instrumentation first,"
            " or set %s.",
            _VARIABLE,
        )
        return
    directory = _directory(service, leader)
    _remove_left_over(directory)
    directory.mkdir(mode=0o700, exist_ok=True)
    if directory.is_symlink() or not os.access(directory, os.W_OK):
        _LOGGER.warning("%s is not ours, so each worker answers for itself.", directory)
        return
    os.environ[_VARIABLE] = str(directory)


def _leader() -> int:
    """Return the process that all workers have in common; this one, if it is alone."""
    spawned_by = multiprocessing.parent_process()
    if spawned_by is not None and spawned_by.pid is not None:
        return spawned_by.pid
    parent = os.getppid()
    command = _command(parent)
    if command and command == _command(os.getpid()):
        return parent
    # Where setproctitle is installed, gunicorn changes what its processes are called.
    return parent if command.startswith(b"gunicorn: master") else os.getpid()


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _started(pid: int) -> str:
    """Return when a process started, so that a reused number is told from it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return "0"
    return stat.rpartition(")")[2].split()[19]


def _directory(service: str, leader: int) -> Path:
    name = f"prometheus-{service}-{leader}-{_started(leader)}"
    return Path(tempfile.gettempdir()) / name


def _remove_left_over(directory: Path) -> None:
    """Remove what earlier runs of this service have left, and their leaders with it."""
    prefix = directory.name.rsplit("-", 2)[0]
    for other in directory.parent.glob(f"{prefix}-*-*"):
        leader, started = other.name.rsplit("-", 2)[1:]
        if leader.isdecimal() and _started(int(leader)) != started:
            shutil.rmtree(other, ignore_errors=True)
