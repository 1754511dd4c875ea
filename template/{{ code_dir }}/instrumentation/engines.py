"""Asks the databases that the service has connected to through SQLAlchemy.

Used where no engine stands in a module, so that there is nothing to import: the engines
make themselves known when they connect.
"""

from __future__ import annotations

import asyncio
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

_ENGINES: WeakSet[Engine] = WeakSet()


@event.listens_for(Engine, "engine_connect")
def _remember(connection: Connection, *_: object) -> None:
    _ENGINES.add(connection.engine)


async def check_engines() -> None:
    """Raise when one of the databases does not answer."""
    await asyncio.gather(*(_ask(engine) for engine in list(_ENGINES)))


async def _ask(engine: Engine) -> None:
    if getattr(engine.dialect, "is_async", False):
        async with AsyncEngine(engine).connect() as connection:
            await connection.exec_driver_sql("SELECT 1")
    else:
        await asyncio.to_thread(_ask_directly, engine)


def _ask_directly(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
