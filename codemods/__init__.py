"""Codemods that take an existing service from bare to observed, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codemods.api import invoke as invoke

__all__ = ["__version__", "invoke"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # The operations cost imports that `release-quality --help` does not need.
    if name == "invoke":
        from codemods.api import invoke

        return invoke
    raise AttributeError(name)
