"""Read a project and say what is there; nothing is imported, run or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from codemods.analysis.model import Analysis, Application

__all__ = ["analyze", "application_sites", "choose_application", "setup_sites"]


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


def choose_application(analysis: Analysis, app: str = "") -> Application:
    """Pick the one application to work on.

    Args:
        analysis: What was found.
        app: The user's choice, ``MODULE:NAME``; empty to let the code decide.

    Returns:
        The application. Where one loadable object is made in several places (a factory with a conditional return),
        the first place.

    Raises:
        UsageError: There is none, several are left, or the choice names none of them.
    """
    from codemods.analysis.applications import choose

    return choose(analysis, app)


def application_sites(analysis: Analysis, chosen: Application) -> list[Application]:
    """Return every place that makes the chosen application: one, or each branch of a factory."""
    from codemods.analysis.applications import sites

    return sites(analysis, chosen)


def setup_sites(analysis: Analysis, chosen: Application, feature: str) -> list[Application]:
    """Return every place where a feature is set up: the chosen application's, and command lines that have a use for it.

    Args:
        analysis: What was found.
        chosen: The application.
        feature: ``tracing`` …
    """
    from codemods.analysis.applications import command_sites

    return [*application_sites(analysis, chosen), *command_sites(analysis, chosen, feature)]
