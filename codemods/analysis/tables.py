"""Values of a TOML file that may have any shape: what is not as expected counts as absent."""

from __future__ import annotations

from typing import Any


def table(data: Any, *names: str) -> dict[str, Any]:
    """Return the table under a path of names."""
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def strings(value: Any) -> list[str]:
    """Return the texts of a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
