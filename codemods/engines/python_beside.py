"""Set-up calls whose imports stand beside them: in a script, importing the package early would run its code early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engines.python_imports import local_names
from codemods.engines.python_parse import UnreadableError
from codemods.engines.python_source import Edit

if TYPE_CHECKING:
    from codemods.engines.python_model import Call
    from codemods.engines.python_names import Names
    from codemods.engines.python_scopes import Place
    from codemods.engines.python_sites import Construction


def edits_beside(names: Names, site: Construction, call: Call, first: int) -> list[Edit]:
    """Return the edits that put a call, and the imports it needs, directly before a statement.

    Args:
        names: The file.
        site: The statement.
        call: What to call.
        first: Offset of the line before which the call goes: the statement's own, or its comments'.
    """
    source, place = names.source, site.place
    if place is None:
        raise UnreadableError("the call is not a statement of its own")
    start = source.inner(place.statement)[0]
    wanted = [call.function, *call.imports]
    local, missing = local_names(names, call.module, wanted, scope=site.scope, use=start)
    imported = [name if local[name] == name else f"{name} as {local[name]}" for name in missing]
    line = f"from {call.module} import {', '.join(imported)}" if imported else ""
    text = call.text("", local)
    if isinstance(place.line, cst.SimpleStatementSuite) or place.line.body.index(place.statement):
        return [Edit(start, start, "; ".join([*filter(None, [line]), text, ""]))]
    indent = source.indent(start)
    ours = _our_imports(names, place, call)
    if not line or ours:
        edits = [source.insert_line_before(first, [indent + text])]
        return [*edits, _sorted_in(names, ours, call, indent + line)] if line else edits
    above = source.line_text(first - 1).strip() if first else ""
    gap = [""] if above.startswith(("from ", "import ")) else []
    return [source.insert_line_before(first, [*gap, indent + line, "", indent + text])]


def _our_imports(names: Names, place: Place, call: Call) -> list[cst.ImportFrom]:
    """Return the imports of our package in the block of a statement, above it."""
    block = place.suites[-1] if place.suites else names.source.module
    package = call.module.rpartition(".")[0]
    found: list[cst.ImportFrom] = []
    for statement in getattr(block, "body", ()):
        if statement is place.line:
            break
        small = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
        if isinstance(small, cst.ImportFrom) and names.absolute(small).startswith(f"{package}."):
            found.append(small)
    return found


def _sorted_in(names: Names, imports: list[cst.ImportFrom], call: Call, line: str) -> Edit:
    lower = [node for node in imports if names.absolute(node) <= call.module]
    if lower:
        return names.source.insert_line_after(names.source.inner(lower[-1])[1], [line])
    return names.source.insert_line_before(names.source.inner(imports[0])[0], [line])
