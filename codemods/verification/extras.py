"""The packages that only verification needs, and what to say when they are not there."""

from __future__ import annotations

import importlib.util

from codemods.errors import UsageError

_NEEDED = ("opentelemetry.proto", "prometheus_client")


def require_extras() -> None:
    """Make sure that messages and metrics can be read.

    Raises:
        UsageError: A package is missing; says how to install it.
    """
    missing = [name for name in _NEEDED if not _found(name)]
    if missing:
        raise UsageError(
            f"verification reads traces and metrics with packages that are not installed: {', '.join(missing)}",
            hint="Install them with: pip install 'copier-release-quality[verify]'",
        )


def _found(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ModuleNotFoundError, ValueError):
        return False
