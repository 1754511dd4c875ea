"""Programs that some tests need: where one is missing, the test is skipped with the reason, or fails on a machine that must have it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from support.processes import tool_directory

if TYPE_CHECKING:
    from pathlib import Path


def tool(name: str) -> Path:
    """Return the path of what ``install_validators.sh`` installs under a name."""
    path = tool_directory() / name
    if not path.exists():
        reason = f"{name} is not installed: run tests/support/install_validators.sh"
        if os.environ.get("RELEASE_QUALITY_REQUIRE_SERVERS"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return path
