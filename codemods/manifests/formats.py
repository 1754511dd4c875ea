"""The reader-writers by kind; each is imported when it is needed."""

from __future__ import annotations

from importlib import import_module

from codemods.errors import UsageError
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
