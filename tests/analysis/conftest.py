"""Small trees, written from a mapping of paths to text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.trees import Write


@pytest.fixture
def project(tmp_path: Path) -> Write:
    root = tmp_path / "shop"
    root.mkdir()

    def write(files: Mapping[str, str | bytes]) -> Path:
        for path, content in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(
                content if isinstance(content, bytes) else textwrap.dedent(content).lstrip("\n").encode()
            )
        return root

    return write
