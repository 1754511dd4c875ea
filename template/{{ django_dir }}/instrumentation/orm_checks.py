"""Asks the databases of the settings whether they answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

if TYPE_CHECKING:
    from collections.abc import Callable

_NONE = "django.db.backends.dummy"


def database_checks() -> dict[str, Callable[[], None]]:
    """Return a check for each database, named `database`, `database_<alias>` ….

    It raises when the database does not answer.
    """
    return {
        "database" if alias == DEFAULT_DB_ALIAS else f"database_{alias}": partial(
            _ask, alias
        )
        for alias in connections
        if connections[alias].settings_dict["ENGINE"] != _NONE
    }


def _ask(alias: str) -> None:
    """Ask on a connection of its own, which neither requests nor a pool wait for."""
    connection: Any = connections.create_connection(alias).copy()
    connection.settings_dict["OPTIONS"].pop("pool", None)
    try:
        connection.ensure_connection()
        if not connection.is_usable():
            message = f"The database {alias!r} does not answer."
            raise OperationalError(message)
    finally:
        connection.close()
