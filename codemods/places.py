"""Which feature a rendered file belongs to, by where it stands, and which of them are no code of the service."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from codemods.operation import PIPELINE_FEATURES
from codemods.record import RECORD_FILE

if TYPE_CHECKING:
    from pathlib import Path

_BY_BEGINNING = {
    ".github/": "github",
    "renovate.json": "github",
    ".gitlab": "gitlab",
    "Jenkinsfile": "jenkins",
    "tools/quality/": "gates",
    ".quality-gates": "gates",
    "compose.": "docker",
    "observability/": "docker",
}
_BY_NAME = {
    "logs": "logging",
    "tracing": "tracing",
    "spans": "tracing",
    "database": "tracing",
    "worker": "tracing",
    "metrics": "metrics",
    "health": "health",
    "profiling": "profiling",
}


def feature_of(path: str) -> str:
    """Return the feature of a rendered file, by its path below the answers; ``config`` for what all share."""
    for beginning, feature in _BY_BEGINNING.items():
        if path.startswith(beginning):
            return feature
    place = PurePosixPath(path)
    if place.name == ".dockerignore" or place.name.startswith("Dockerfile"):
        return "docker"
    return _BY_NAME.get(place.stem, "config")


def rendered_around(directory: Path) -> set[str]:
    """Return the files that were rendered around a service's code, so that an analysis does not take them for it.

    Args:
        directory: One that holds a record of ours.

    Returns:
        Paths relative to it; none where the record cannot be read.
    """
    try:
        generated = json.loads((directory / RECORD_FILE).read_bytes())["generated"]
        return {path for path in generated if feature_of(path) in PIPELINE_FEATURES}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
