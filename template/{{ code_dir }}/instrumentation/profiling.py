"""Profiles of the calls that take longer than a threshold.

A profile costs time, so there is one profiler at most in a process: a call that
starts while another one is being profiled runs as it is.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
import tracemalloc
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from pyinstrument import Profiler

from .config import get_config
from .wrapping import observed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .config import Profiling

P = ParamSpec("P")
R = TypeVar("R")

_LOGGER = logging.getLogger(__name__)
_ACTIVE = threading.Lock()
_WRITING = threading.Lock()
_MEMORY_LINES = 25


def profiled(function: Callable[P, R]) -> Callable[P, R]:
    """Write a profile of each call that takes longer than `threshold_ms`.

    Works on plain functions, coroutines, generators and asynchronous generators.
    With profiling switched off this is the function itself.
    """
    settings = get_config().profiling
    if not settings.enabled:
        return function
    name = f"{function.__module__}.{function.__qualname__}"
    return observed(function, lambda *_, **__: _Profile(name, settings))


class _Profile:
    """The profile of one call."""

    def __init__(self, name: str, settings: Profiling) -> None:
        self._name = name
        self._settings = settings
        self._profiler: Profiler | None = None
        self._memory: list[str] = []
        self._seconds = 0.0

    @contextmanager
    def stretch(self) -> Iterator[None]:
        if not _ACTIVE.acquire(blocking=False):
            yield
            return
        started = time.perf_counter()
        try:
            with self._cpu(), self._allocations():
                yield
        finally:
            self._seconds += time.perf_counter() - started
            _ACTIVE.release()

    @contextmanager
    def _cpu(self) -> Iterator[None]:
        if not self._settings.cpu:
            yield
            return
        self._profiler = self._profiler or Profiler()
        self._profiler.start()
        try:
            yield
        finally:
            self._profiler.stop()

    @contextmanager
    def _allocations(self) -> Iterator[None]:
        if not self._settings.memory or tracemalloc.is_tracing():
            yield
            return
        tracemalloc.start()
        try:
            yield
            kept, peak = tracemalloc.get_traced_memory()
            largest = tracemalloc.take_snapshot().statistics("lineno")
            # What was freed before the end has no line any more; the peak tells of it.
            self._memory = [
                f"At most {peak / 1024:.0f} KiB at a time; {kept / 1024:.0f} KiB kept:",
                *(str(line) for line in largest[:_MEMORY_LINES]),
            ]
        finally:
            tracemalloc.stop()

    def finish(self, _error: BaseException | None) -> None:
        """Write the profile in a thread, because rendering it takes a while."""
        if self._seconds * 1000 >= self._settings.threshold_ms:
            threading.Thread(target=self._write).start()

    def _write(self) -> None:
        folder = Path(self._settings.output_dir)
        moment = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S-%f")
        name = re.sub(r"[^\w.]+", "", self._name)
        try:
            with _WRITING:
                if not folder.exists():
                    folder.mkdir(parents=True)
                    # Profiles are no part of the source, so git need not see them.
                    folder.joinpath(".gitignore").write_text("*\n", "utf-8")
                path = folder / f"{moment}-{os.getpid()}-{name}"
                if self._profiler is not None:
                    page = self._profiler.output_html()
                    path.with_name(f"{path.name}.html").write_text(page, "utf-8")
                if self._memory:
                    lines = "\n".join(self._memory) + "\n"
                    path.with_name(f"{path.name}.memory.txt").write_text(lines, "utf-8")
                self._remove_oldest(folder)
        except OSError as error:
            _LOGGER.warning("No profile of %s is written: %s", self._name, error)
        else:
            _LOGGER.info("%s took %.0f ms: %s", self._name, self._seconds * 1000, path)

    def _remove_oldest(self, folder: Path) -> None:
        profiles = sorted([*folder.glob("*.html"), *folder.glob("*.memory.txt")])
        for path in profiles[: -self._settings.max_files]:
            path.unlink(missing_ok=True)
