"""Runs the readiness checks: side by side, each with a timeout.

The checks themselves stand in `checks.py`; the service can add its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import inspect
import logging
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Check = Callable[[], object]

_LOGGER = logging.getLogger(__name__)


class Readiness:
    """What the service depends on, and whether it answers."""

    def __init__(self, timeout: float, keep: float) -> None:
        """Give each check a number of seconds; keep the answer for a number of them."""
        self.checks: dict[str, Check] = {}
        self._timeout = timeout
        self._keep = keep
        self._running: dict[str, asyncio.Future[object]] = {}
        self._failing: set[str] = set()
        self._answer: dict[str, bool] = {}
        self._answered = -keep

    async def answer(self) -> dict[str, bool]:
        """Return which checks pass, asked for again when the last answer is old."""
        if time.monotonic() - self._answered >= self._keep:
            self._answer = await self._ask()
            self._answered = time.monotonic()
        return self._answer

    async def _ask(self) -> dict[str, bool]:
        for name, check in self.checks.items():
            running = self._running.get(name)
            # A check that hangs since an earlier request is not started once more.
            if running is None or running.done() or _is_of_another_loop(running):
                self._running[name] = _start(check, self._timeout)
        if self._running:
            await asyncio.wait(self._running.values(), timeout=self._timeout)
        return {name: self._passed(name) for name in self._running}

    def _passed(self, name: str) -> bool:
        running = self._running[name]
        error: object = f"no answer within {self._timeout} s"
        if running.done():
            error = running.result()
        elif isinstance(running, asyncio.Task):
            running.cancel()
        if error is None:
            self._failing.discard(name)
        elif name not in self._failing:
            self._failing.add(name)
            _LOGGER.warning("Readiness check %s fails: %r", name, error)
        return error is None


def _is_of_another_loop(future: asyncio.Future[object]) -> bool:
    return future.get_loop() is not asyncio.get_running_loop()


def _start(check: Check, timeout: float) -> asyncio.Future[object]:
    """Start a check; the result is the error that it ends with, or None.

    A coroutine runs in the loop, and anything else in a thread. The thread is a
    daemon, so that a check that hangs does not keep the process from ending.
    """
    loop = asyncio.get_running_loop()
    if inspect.iscoroutinefunction(check):
        return loop.create_task(_outcome_of(check()))
    future: asyncio.Future[object] = loop.create_future()

    def settle(error: object) -> None:
        if not future.done():
            future.set_result(error)

    def finish(answer: object, error: BaseException | None) -> None:
        if inspect.isawaitable(answer):
            # `redis.asyncio.Redis.ping`, or a lambda around a coroutine.
            task = loop.create_task(_outcome_of(asyncio.wait_for(answer, timeout)))
            task.add_done_callback(lambda ended: settle(ended.result()))
        else:
            settle(error)

    def run() -> None:
        answer = None
        outcome = _Outcome()
        with outcome:
            answer = check()
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(finish, answer, outcome.error)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), daemon=True).start()
    return future


async def _outcome_of(work: Awaitable[object]) -> object:
    outcome = _Outcome()
    with outcome:
        await work
    return outcome.error


class _Outcome:
    """Catches the error that a check ends with: whatever it is, the check fails."""

    error: BaseException | None = None

    def __enter__(self) -> None:
        """Begin the check."""

    def __exit__(self, _type: object, error: BaseException | None, _: object) -> bool:
        """Keep the error."""
        self.error = error
        return True
