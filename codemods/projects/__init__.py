"""Read a project and say what its pipeline needs to know; nothing is imported, run or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from codemods.projects.model import Project

__all__ = ["find_project"]


def find_project(project_path: str | Path, *, service: str = "") -> Project:
    """Read a project of Python, JavaScript or Java.

    Args:
        project_path: Directory of the project.
        service: Directory of one service of a monorepo, relative to ``project_path``; empty or ``.`` for the project
            itself, or for the largest service where the project is nothing but services.

    Returns:
        What was found. Its paths are relative to ``project_path``; its commands run in ``directory``.

    Raises:
        UsageError: The path is no readable directory, there is no such service, or nothing is of a known language.
    """
    from codemods.projects.read import read  # parsers and facts are loaded on use

    return read(project_path, service=service)
