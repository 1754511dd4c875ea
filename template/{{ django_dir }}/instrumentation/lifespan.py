"""Sends what waits before an ASGI server hears that shutdown is complete.

Uvicorn ends itself with the signal it was stopped by, so nothing that is registered
with `atexit` runs after that. Django leaves this part of the protocol to others.

https://asgi.readthedocs.io/en/latest/specs/lifespan.html
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.handlers.asgi import ASGIHandler

from .startup import wrap_method

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, str]], Awaitable[None]]

_SECONDS = 2.0


@cache
def at_shutdown(function: Callable[[], object]) -> None:
    """Call a function when an ASGI server stops, and wait for it for a short time."""

    def wrap(call: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def answer(
            handler: object, scope: dict[str, Any], receive: Receive, send: Send
        ) -> None:
            if scope["type"] == "lifespan":
                await _live(receive, send, function)
            else:
                await call(handler, scope, receive, send)

        return answer

    wrap_method(ASGIHandler, "__call__", wrap)


async def _live(receive: Receive, send: Send, function: Callable[[], object]) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await _run_briefly(function)
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _run_briefly(function: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def run() -> None:
        function()
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=run, daemon=True).start()
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(ended.wait(), _SECONDS)
