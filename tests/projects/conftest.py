"""Small projects of every kind, written from a mapping of paths to text and read without running anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from support.directories import write_tree

from codemods.projects import find_project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from codemods.projects.model import Project

Read = Callable[..., "Project"]


@pytest.fixture
def project(tmp_path: Path) -> Read:
    """Return what is found in a directory called `shop` that holds the given files."""

    def read(files: Mapping[str, str | bytes], service: str = "") -> Project:
        return find_project(write_tree(tmp_path / "shop", files), service=service)

    return read
