"""Keeps the endpoints of the instrumentation out of the servers' access logs."""

from __future__ import annotations

import logging

_LOGGERS = (
    "django.server",
    "django.channels.server",
    "gunicorn.access",
    "hypercorn.access",
    "uvicorn.access",
)
_PATHS: set[str] = set()


def leave_out(path: str) -> None:
    """Write no line for the requests to a path."""
    _PATHS.add(path)
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_is_no_endpoint)


def _is_no_endpoint(record: logging.LogRecord) -> bool:
    """Look where a server says which path was asked for.

    It is the third argument of uvicorn's line, it stands in the request line that is
    the first one of Django's, and it has a name with all others.
    """
    arguments: object = record.args
    if isinstance(arguments, dict):
        path = arguments.get("U") or arguments.get("path")
    elif isinstance(arguments, tuple) and arguments:
        path = arguments[2] if record.name == "uvicorn.access" else arguments[0]
    else:
        return True
    words = str(path).split()
    target = words[1] if len(words) > 1 else str(path)
    return target.partition("?")[0] not in _PATHS
