# mypy: disable-error-code="import-not-found,import-untyped"
"""Reads the settings' YAML so that an error can name its line."""

from __future__ import annotations

import difflib
import typing
from typing import TYPE_CHECKING, Any

import yaml

from quality.errors import QualityError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import BaseModel, ValidationError

Place = tuple[str | int, ...]
_HELP = "Every key is described in tools/quality/quality-gates.schema.json"


def parse(file: Path) -> tuple[object, dict[Place, int]]:
    """Read a YAML file.

    Args:
        file: The file.

    Returns:
        Its content (an empty mapping for an empty file), and the 1-based line of every key and list entry.

    Raises:
        QualityError: It cannot be read, is not YAML, or has a key twice.
    """
    try:
        text = file.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise QualityError(f"cannot be read: {error}", where=file.name) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file.name}, line {mark.line + 1}" if mark else file.name
        raise QualityError(f"not valid YAML: {getattr(error, 'problem', error)}", where=where) from None
    lines: dict[Place, int] = {}
    for place, line in _places(root, (), set()) if root else ():
        if place in lines:
            raise QualityError(
                f"`{'.'.join(map(str, place))}` stands here twice",
                where=f"{file.name}, lines {lines[place]} and {line}",
            )
        lines[place] = line
    return ({} if content is None else content), lines


def explain(
    error: ValidationError, model: type[BaseModel], lines: dict[Place, int], name: str
) -> QualityError:
    """Turn the first error of a validation into a message.

    Args:
        error: What the model says.
        model: The model.
        lines: The line of each place.
        name: The file's name.
    """
    errors = error.errors(include_url=False)
    # A typo makes two errors where the right key is required: the typo is the one to show.
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    place = first["loc"]
    # A missing key, or a wrong root, has no line of its own: the nearest one above it does.
    known = next((place[:size] for size in range(len(place), 0, -1) if place[:size] in lines), ())
    where = f"{name}, line {lines[known]}" if known else name
    path = ".".join(str(part) for part in place)
    if first["type"] == "extra_forbidden":
        keys = _keys(model, place[:-1])
        near = difflib.get_close_matches(str(place[-1]), keys, n=1)
        meant = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(keys)}"
        return QualityError(f"`{path}` is not a setting; {meant}", where=where, hint=_HELP)
    message = f"{first['msg'][0].lower()}{first['msg'][1:]}"
    return QualityError(f"`{path}`: {message}" if path else message, where=where, hint=_HELP)


def _places(node: yaml.Node, place: Place, seen: set[int]) -> Iterator[tuple[Place, int]]:
    # An alias may lead back to where it stands.
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*place, str(key.value))
            yield here, key.start_mark.line + 1
            yield from _places(value, here, seen)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield (*place, index), value.start_mark.line + 1
            yield from _places(value, (*place, index), seen)


def _keys(model: type[BaseModel], place: Place) -> list[str]:
    """Return the keys that a model knows at a place."""
    here: Any = model
    for part in place:
        kind = here.model_fields[part].annotation if isinstance(part, str) else here
        here = next((item for item in typing.get_args(kind) if isinstance(item, type)), kind)
    return list(here.model_fields)
