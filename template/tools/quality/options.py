"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quality.errors import QualityError
from quality.settings import SETTINGS_FILE, Settings, load_settings

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_project_options(parser: ArgumentParser) -> None:
    """Add ``--project`` and ``--config``."""
    common = parser.add_argument_group("where")
    common.add_argument("--project", metavar="DIR", default=".", help="the project (default: here)")
    common.add_argument(
        "--config", metavar="FILE", default="", help=f"the settings (default: {SETTINGS_FILE} of the project)"
    )


def project_of(arguments: Namespace) -> tuple[Path, Settings]:
    """Return the project's directory and its settings.

    Raises:
        QualityError: There is no such directory or file, or the settings are not valid.
    """
    project = Path(arguments.project)
    if not project.is_dir():
        raise QualityError("no such directory", where=f"--project {arguments.project}")
    if arguments.config and not Path(arguments.config).is_file():
        raise QualityError("no such file", where=f"--config {arguments.config}")
    return project, load_settings(Path(arguments.config) if arguments.config else project / SETTINGS_FILE)
