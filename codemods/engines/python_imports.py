"""How names of ours come into a file: under which name, and by which import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engines.python_import_placing import Placing, member_key
from codemods.engines.python_scopes import dotted, runs_at_import

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.engines.python_names import Names
    from codemods.engines.python_scopes import Scope
    from codemods.engines.python_source import Edit


@dataclass
class ImportPlan:
    """How the imported names are called in the file, and the edits that bring them in."""

    local: dict[str, str]
    edits: list[Edit]


def plan_imports(names: Names, module: str, wanted: Sequence[str], *, scope: Scope, use: int) -> ImportPlan:
    """Plan how names of a module come into a file.

    Args:
        names: The file.
        module: The module to import from.
        wanted: Names in it.
        scope: The scope that uses them.
        use: Offset of the first use; at module level the import has to stand above it.

    Returns:
        The local name of each wanted name, and the edits; no edits for what is imported already.
    """
    local, missing = local_names(names, module, wanted, scope=scope, use=use)
    plain = [name for name in missing if local[name] == name]
    renamed = [name for name in missing if local[name] != name]
    edits: list[Edit] = []
    limit = use if runs_at_import(scope) else len(names.source.text)
    placing = Placing(names, module, _relative_form(names, module) or module, limit)
    if plain:
        edits += placing.extend(plain) or placing.place(", ".join(sorted(plain, key=member_key)))
    for name in renamed:
        edits += placing.place(f"{name} as {local[name]}")
    return ImportPlan(local, edits)


def local_names(
    names: Names, module: str, wanted: Sequence[str], *, scope: Scope, use: int
) -> tuple[dict[str, str], list[str]]:
    """Return how names of a module are, or can be, called where they are used, and those that are not imported yet.

    Args:
        names: The file.
        module: The module they come from.
        wanted: Names in it.
        scope: The scope that uses them.
        use: Offset of the first use.
    """
    local: dict[str, str] = {}
    missing: list[str] = []
    for name in wanted:
        known = _known_name(names, f"{module}.{name}", scope, use)
        local[name] = known or _free_name(names, name, scope)
        if not known:
            missing.append(name)
    return local, missing


def _known_name(names: Names, origin: str, scope: Scope, use: int) -> str:
    for candidate in scope.chain():
        for name, bindings in candidate.bindings.items():
            for binding in bindings:
                if not binding.imported or binding.typing_only or binding.origin != origin:
                    continue
                early = names.source.inner(binding.node)[0] < use
                late = not early and (candidate is scope or runs_at_import(scope))
                if not late and names.resolve(cst.Name(name), scope) == {origin}:
                    return name
    return ""


def _free_name(names: Names, name: str, scope: Scope) -> str:
    while names.bound(name, scope):
        name += "_"
    return name


def _relative_form(names: Names, module: str) -> str:
    """Return the relative form of a module where the file's own imports are mostly relative; else nothing."""
    context = names.context
    own = [node for node, _ in names.imports if isinstance(node, cst.ImportFrom)]
    relative = sum(1 for node in own if node.relative)
    root = module.split(".", maxsplit=1)[0]
    absolute = sum(1 for node in own if not node.relative and node.module and dotted(node.module)[0] == root)
    if not relative or relative < absolute:
        return ""
    here = context.module.split(".") if context.is_package else context.module.split(".")[:-1]
    there = module.split(".")
    common = 0
    while common < min(len(here), len(there)) and here[common] == there[common]:
        common += 1
    if not common:
        return ""
    return "." * (len(here) - common + 1) + ".".join(there[common:])
