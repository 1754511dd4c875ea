"""A sample project with the rendered tool in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.quality_project import COVERED, TEST, QualityProject

from codemods.render import render

if TYPE_CHECKING:
    from pathlib import Path

ANSWERS = {
    "service_name": "shop",
    "package_dir": "shop",
    "package": "shop",
    "language": "python",
    "gates": True,
}


@pytest.fixture(scope="session")
def rendered_tool() -> dict[str, bytes]:
    """What Copier renders of the tool."""
    files = render(ANSWERS)
    return {name: content for name, content in files.items() if name.startswith(("tools/", ".quality"))}


@pytest.fixture
def sample(tmp_path: Path, rendered_tool: dict[str, bytes]) -> QualityProject:
    """A service with tests, committed."""
    project = QualityProject(tmp_path / "project")
    project.root.mkdir()
    project.git("init", "-q", "-b", "main")
    project.write(rendered_tool)
    project.write(
        {
            "shop/__init__.py": "",
            "shop/prices.py": COVERED,
            "tests/test_prices.py": TEST,
            ".gitignore": "reports/\n.quality/\n__pycache__/\n.coverage\n.ruff_cache/\n",
        }
    )
    project.commit("First")
    return project
