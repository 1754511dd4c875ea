"""Measure commands as users run them: whole processes, interleaved, medians, CPU time beside wall time."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Figure:
    """Medians of one command: seconds of wall time and of CPU time, and the largest resident set in megabytes."""

    wall: float
    cpu: float
    memory: float


def measure(
    commands: dict[str, list[str]], *, runs: int, before: Callable[[str], None] | None = None
) -> dict[str, Figure]:
    """Run commands in turn, several times.

    Args:
        commands: Arguments for this Python, by name.
        runs: How often each is run.
        before: Called with the name before each run, outside the measurement.

    Returns:
        The medians by name.
    """
    samples: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, arguments in commands.items():
            if before:
                before(name)
            samples[name].append(_once([sys.executable, *arguments]))
    return {
        name: Figure(*(statistics.median(column) for column in zip(*rows, strict=True)))
        for name, rows in samples.items()
    }


def _once(command: list[str]) -> tuple[float, float, float]:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
