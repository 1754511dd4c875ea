"""From a function's name as a person writes it to the one function that is meant."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemods.plan import Plan


@dataclass(frozen=True)
class Target:
    """A function in a file: where a decorator goes."""

    file: str
    qualname: str
    line: int


_NAME = re.compile(r"^(?:(?P<module>[\w.]+):)?(?P<qualname>\w+(?:\.\w+)*)$")
_DEFINITION = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)


def resolve(name: str, plan: Plan, files: dict[str, str]) -> Target:
    """Find the function that a name means.

    Args:
        name: ``name``, ``Class.name`` or ``package.module:Class.name``.
        plan: Read through, so that earlier edits are seen.
        files: Dotted module name by source file.

    Returns:
        The function.

    Raises:
        UsageError: The name is malformed, unknown (the nearest is named) or ambiguous (the candidates are listed).
    """
    from codemods.engines.python import functions

    match = _NAME.match(name)
    if match is None:
        raise UsageError(
            f"not the name of a function: {name!r}",
            hint="Write name, Class.name or package.module:Class.name.",
        )
    module, qualname = match["module"] or "", match["qualname"]
    last = qualname.rpartition(".")[2].encode()
    found: list[Target] = []
    alike: list[Target] = []
    names: set[str] = set()
    unread = ""
    for file, file_module in sorted(files.items()):
        content = plan.read(file) or b""
        defined = set(_DEFINITION.findall(content))
        names |= {item.decode("utf-8", "replace") for item in defined}
        if last not in defined:
            continue
        here = functions(content)
        unread = unread if here else file
        same = [each for each in here if each.qualname.rpartition(".")[2].encode() == last]
        alike += [Target(file, each.qualname, each.line) for each in same]
        if not module or file_module == module:
            meant = [each for each in same if f".{each.qualname}".endswith(f".{qualname}")]
            found += [Target(file, each.qualname, each.line) for each in meant]
    distinct = {(target.file, target.qualname): target for target in found}
    if len(distinct) == 1:
        return next(iter(distinct.values()))
    if distinct:
        raise UsageError(
            f"{name!r} is ambiguous", hint=f"Candidates: {', '.join(_candidates(distinct.values(), files))}."
        )
    near = difflib.get_close_matches(last.decode(), sorted(names), n=1)
    if alike:
        hint = f"Did you mean {' or '.join(dict.fromkeys(_candidates(alike, files)))}?"
    elif unread:
        hint = f"{unread} defines it, but cannot be parsed."
    else:
        hint = f"Did you mean {near[0]!r}?" if near else "No function of the project has a similar name."
    raise UsageError(f"no function {name!r} in the project", hint=hint)


def _candidates(targets: Iterable[Target], files: dict[str, str]) -> list[str]:
    return [f"{files[target.file]}:{target.qualname}" for target in targets]
