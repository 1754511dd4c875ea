"""Describes the machine that measures, with the standard library alone."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

_MEGABYTE = 1024 * 1024
_NO_LIMIT = 2**50
_CGROUP = Path("/sys/fs/cgroup")
# How each runtime tells its version; a runtime that is not installed is left out.
_RUNTIMES = {
    "node": ["node", "--version"],
    "java": ["java", "-version"],
}


def describe_machine(runtimes: tuple[str, ...] = ("node", "java")) -> dict[str, Any]:
    """Return the machine as the document `Environment` has it.

    Args:
        runtimes: Which runtimes beside Python are asked for their version.
    """
    versions = {"python": platform.python_version()}
    versions |= {name: version for name in runtimes if (version := _version(_RUNTIMES[name]))}
    found: dict[str, Any] = {
        "cpu": _cpu(),
        "cores": _cores(),
        "memory_mb": _memory(),
        "os": _system(),
        "runtimes": versions,
        "container_cpus": container_cpus(_CGROUP),
        "container_memory_mb": container_memory(_CGROUP),
    }
    return found | {"fingerprint": fingerprint(found)}


def fingerprint(machine: dict[str, Any]) -> str:
    """Return a hash of what makes measurements comparable.

    Patch versions and a few megabytes that a kernel keeps for itself do not count.
    """
    memory = machine["memory_mb"]
    identity = machine | {
        "memory_mb": None if memory is None else round(memory / 1024),
        "runtimes": {name: ".".join(v.split(".")[:2]) for name, v in machine["runtimes"].items()},
    }
    identity.pop("fingerprint", None)
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def container_cpus(cgroup: Path) -> float | None:
    """Return how many processors the container may use; None without a limit.

    Source: kernel documentation, cgroup-v2 ``cpu.max`` and cgroup-v1 ``cpu.cfs_quota_us``.

    Args:
        cgroup: Where the control groups are mounted.
    """
    quota, period = [*_words(cgroup / "cpu.max"), "", ""][:2]
    if not quota:
        quota = _word(cgroup / "cpu" / "cpu.cfs_quota_us")
        period = _word(cgroup / "cpu" / "cpu.cfs_period_us")
    if not quota.isdigit() or not period.isdigit() or int(period) == 0:
        return None  # "max" in version 2, -1 in version 1
    return round(int(quota) / int(period), 2)


def container_memory(cgroup: Path) -> int | None:
    """Return the container's memory limit in megabytes; None without a limit.

    Args:
        cgroup: Where the control groups are mounted.
    """
    limit = _word(cgroup / "memory.max") or _word(cgroup / "memory" / "memory.limit_in_bytes")
    if not limit.isdigit():
        return None
    # Version 1 says "no limit" with a number near the largest one that fits.
    return int(limit) // _MEGABYTE if int(limit) < _NO_LIMIT else None


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() in {"model name", "Model", "Hardware"}:
                return value.strip()
    return platform.processor() or platform.machine()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MEGABYTE
    except (ValueError, OSError, AttributeError):
        return None  # Windows has no sysconf


def _system() -> str:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return f"{platform.system()} {platform.release()}"
    return f"{release.get('ID', 'linux')} {release.get('VERSION_ID', '')}".strip()


def _version(command: list[str]) -> str:
    if shutil.which(command[0]) is None:
        return ""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    words = (done.stdout or done.stderr).replace('"', " ").split()
    return next((word.lstrip("v") for word in words if word.lstrip("v")[:1].isdigit()), "")


def _words(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return []


def _word(file: Path) -> str:
    return next(iter(_words(file)), "")
