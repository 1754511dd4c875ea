"""The reader-writers by kind; each is imported when it is needed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from codemods.errors import UsageError

if TYPE_CHECKING:
    from codemods.manifests.model import Format

_FORMATS = {
    "requirements": ("requirements", "Requirements"),
    "pep621": ("pyproject", "Pyproject"),
    "uv": ("pyproject", "Pyproject"),
    "pdm": ("pyproject", "Pyproject"),
    "poetry": ("pyproject", "Pyproject"),
    "pipfile": ("pipfile", "Pipfile"),
    "setup.cfg": ("setup_cfg", "SetupCfg"),
    "setup.py": ("setup_py", "SetupPy"),
}


def kind_of(path: str, source: bytes = b"") -> str:  # noqa: ARG001 - the name says enough today
    """Return the kind of a dependency file by its name; every ``pyproject.toml`` is read by the same reader-writer.

    Args:
        path: The file.
        source: Its content.
    """
    name = path.rpartition("/")[2]
    return {
        "pyproject.toml": "pep621",
        "Pipfile": "pipfile",
        "setup.cfg": "setup.cfg",
        "setup.py": "setup.py",
    }.get(name, "requirements")


def format_of(kind: str) -> Format:
    """Return the reader-writer for a kind of dependency file.

    Args:
        kind: As in `ManifestFile.kind`.

    Raises:
        UsageError: There is none.
    """
    if kind not in _FORMATS:
        raise UsageError(
            f"unknown kind of dependency file {kind!r}", hint=f"Known kinds: {', '.join(sorted(_FORMATS))}."
        )
    module, name = _FORMATS[kind]
    form: Format = getattr(import_module(f"codemods.manifests.{module}"), name)()
    return form
