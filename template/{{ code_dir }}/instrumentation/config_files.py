"""Reads `config/instrumentation.yaml` and the file of the environment over it.

A value may name environment variables: `${VARIABLE}` must be set, and
`${VARIABLE:-default}` may be.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = "instrumentation"
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def read_files(environment: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the name and the content of each file there is, the base first.

    A container image may leave the files out; then the defaults hold.
    """
    base = _find()
    if base is None:
        return
    for path in (base, base.with_name(f"{base.stem}.{environment}.yaml")):
        if path.is_file():
            yield f"{path.parent.name}/{path.name}", _read(path)


def _find() -> Path | None:
    """Return the base file: the one that is named, the nearest above, or the cwd's."""
    named = os.environ.get("INSTRUMENTATION_CONFIG")
    if named:
        return Path(named)
    for folder in (*Path(__file__).resolve().parents, Path.cwd()):
        path = folder / "config" / f"{_NAME}.yaml"
        if path.is_file():
            return path
    return None


def _read(path: Path) -> dict[str, object]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        message = f"{path}: not valid YAML: {error}"
        raise ValueError(message) from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        message = f"{path}: must hold sections, such as `tracing:`."
        raise TypeError(message)
    return {key: _expand(value, path, str(key)) for key, value in content.items()}


def _expand(value: object, path: Path, where: str) -> object:
    """Fill in the environment variables that a value names."""
    if isinstance(value, dict):
        return {
            key: _expand(entry, path, f"{where}.{key}") for key, entry in value.items()
        }
    if isinstance(value, list):
        return [_expand(entry, path, where) for entry in value]
    if not isinstance(value, str):
        return value

    def variable(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = os.environ.get(name) or default
        if found is None:
            message = (
                f"{path}: `{where}` needs the environment variable {name}, which is"
                f" not set. Set it, or write a default: ${{{name}:-default}}."
            )
            raise ValueError(message)
        return found

    return _VARIABLE.sub(variable, value)
