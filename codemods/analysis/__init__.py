"""Read a project and say what is there; nothing is imported, run or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.applications import application_sites, choose_application

if TYPE_CHECKING:
    from pathlib import Path

    from codemods.analysis.model import Analysis

__all__ = ["analyze", "application_sites", "choose_application"]


def analyze(
    project_path: str | Path,
    *,
    language: str = "",
    framework: str = "",
    service: str = "",
    detect_endpoints: bool = True,
    detect_database: bool = True,
) -> Analysis:
    """Analyse a service by reading its files.

    Args:
        project_path: Directory of the project.
        language: Only this language; empty to detect it.
        framework: Only this framework (a folder of ``frameworks/``); empty to detect it.
        service: Directory of one service of a monorepo, relative to ``project_path``; paths in the result are
            relative to it.
        detect_endpoints: Whether to list and count endpoints.
        detect_database: Whether to list database connections.

    Returns:
        What was found, in a fixed order. For a repository of several services ``services`` names them.

    Raises:
        UsageError: The path is no readable directory or no Python project, or a name is unknown.
    """
    from codemods.analysis.survey import survey  # the parser and the facts are loaded on use

    return survey(
        project_path,
        language=language,
        framework=framework,
        service=service,
        detect_endpoints=detect_endpoints,
        detect_database=detect_database,
    )
