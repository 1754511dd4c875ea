"""Runs the readiness checks: side by side, each with a timeout.

The checks themselves stand in `checks.py`; the service can add its own.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import logging
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractContextManager

    Check = Callable[[], object]
    Around = Callable[[], AbstractContextManager[object]]

_LOGGER = logging.getLogger(__name__)


class Readiness:
    """What the service depends on, and whether it answers."""

    def __init__(self, timeout: float, keep: float) -> None:
        """Give each check a number of seconds; keep the answer for a number of them."""
        self.checks: dict[str, Check] = {}
        self._timeout = timeout
        self._keep = keep
        self._running: dict[str, _Run] = {}
        self._failing: set[str] = set()
        self._answer: dict[str, bool] = {}
        self._answered = -keep
        # Whoever asks while somebody else does waits for the same answer.
        self._asking = threading.Lock()

    def answer(self, around: Around) -> dict[str, bool]:
        """Return which checks pass, asked for again when the last answer is old.

        Each check runs inside of what `around` returns.
        """
        with self._asking:
            if time.monotonic() - self._answered >= self._keep:
                self._answer = self._ask(around)
                self._answered = time.monotonic()
            return self._answer

    def _ask(self, around: Around) -> dict[str, bool]:
        deadline = time.monotonic() + self._timeout
        for name, check in list(self.checks.items()):
            running = self._running.get(name)
            # A check that hangs since an earlier request is not started once more.
            if running is None or running.is_over():
                self._running[name] = _Run(check, around, self._timeout)
        for running in self._running.values():
            running.wait(deadline - time.monotonic())
        return {name: self._passed(name) for name in self._running}

    def _passed(self, name: str) -> bool:
        error = self._running[name].error
        if error is None:
            self._failing.discard(name)
        elif name not in self._failing:
            self._failing.add(name)
            _LOGGER.warning("Readiness check %s fails: %r", name, error)
        return error is None


class _Run:
    """One check, in a thread that does not keep the process from ending."""

    def __init__(self, check: Check, around: Around, timeout: float) -> None:
        self.error: object = f"no answer within {timeout} s"
        self._check = check
        self._around = around
        self._timeout = timeout
        self._over = threading.Event()
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._run,), daemon=True).start()

    def is_over(self) -> bool:
        return self._over.is_set()

    def wait(self, seconds: float) -> None:
        self._over.wait(max(0.0, seconds))

    def _run(self) -> None:
        outcome = _Outcome()
        with outcome, self._around():
            answer = self._check()
            if inspect.isawaitable(answer):
                # An `async` check, or a lambda around a coroutine.
                asyncio.run(_within(self._timeout, answer))
        self.error = outcome.error
        self._over.set()


async def _within(seconds: float, work: Awaitable[object]) -> None:
    await asyncio.wait_for(work, seconds)


class _Outcome:
    """Catches the error that a check ends with: whatever it is, the check fails."""

    error: BaseException | None = None

    def __enter__(self) -> None:
        """Begin the check."""

    def __exit__(self, _type: object, error: BaseException | None, _: object) -> bool:
        """Keep the error."""
        self.error = error
        return True
