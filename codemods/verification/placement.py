"""Where the set-up calls stand, read from the source: a call that runs when the server has started is too late.

Starlette builds the middleware stack at its first message, which is the one that starts the lifespan; see
https://starlette.dev/middleware/#pure-asgi-middleware and `Starlette.build_middleware_stack`. Flask takes a layer at
any time, and what it has answered before is not seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.errors import ReleaseQualityError
from codemods.facts import load_framework
from codemods.verification.evidence import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.verification.evidence import Evidence

PLACE = "set-up comes before the first request"
_INSTRUMENTATION = "instrumentation"
_SETUPS = {"tracing.setup_tracing", "metrics.setup_metrics", "health.setup_health"}


@dataclass(frozen=True)
class Placed:
    """One set-up call.

    Attributes:
        function: ``setup_tracing`` …
        text: The call as written.
        file: Where it stands.
        line: 1-based line.
        scope: The function around it; empty at module level.
        late: Whether that function can only run when the server has started, or the call stands behind an application
            that has read its middleware when it was made.
    """

    function: str
    text: str
    file: str
    line: int
    scope: str
    late: bool


def placements(evidence: Evidence) -> list[Placed]:
    """Find the set-up calls in the file that makes the application."""
    from codemods.engines.python import ImportContext, find_calls, functions

    made = evidence.application
    if made is None:
        return []
    file = Path(evidence.analysis.project_path) / made.file
    package = str(evidence.answers.get("package") or "")
    module = f"{package}.{_INSTRUMENTATION}" if package else _INSTRUMENTATION
    context = ImportContext(made.module, package, file.name == "__init__.py")
    try:
        source = file.read_bytes()
        calls = find_calls(source, module=module, context=context)
        around = {function.qualname: function for function in functions(source)}
    except (OSError, ReleaseQualityError):
        return []
    framework = load_framework(made.framework)
    routes = framework.routes
    names = (*framework.late_decorators, *routes.decorators, *routes.decorators_with_methods)
    names = (*names, *routes.websocket_decorators)
    # With or without arguments: `@app.get("/")`, `@app.before_request`.
    handlers = re.compile(rf"\.(?:{'|'.join(map(re.escape, names))})(?:\(|\s*$)")
    found = []
    for call in calls:
        if call.function in _SETUPS:
            function = around.get(call.scope)
            # A coroutine runs in the server's loop, and a handler when the server calls it; any other function may be
            # a helper that is called right behind the application.
            late = function is not None and (
                function.is_async or any(handlers.search(text) for text in function.decorators)
            )
            late = late and call.scope != evidence.setup_scope
            behind = call.scope == evidence.setup_scope and call.line > made.line
            late = late or (evidence.comes_first and behind)
            name = call.function.rpartition(".")[2]
            found.append(Placed(name, call.text, made.file, call.line, call.scope, late))
    return found


def placement_checks(evidence: Evidence) -> Iterator[Check]:
    """Judge where the set-up calls stand; nothing is said about calls in other files."""
    found = placements(evidence)
    late = [placed for placed in found if placed.late]
    if late:
        first = late[0]
        yield Check(
            PLACE,
            "failed",
            f"{', '.join(placed.function for placed in late)} in {first.scope or 'the module'} "
            f"({first.file}:{first.line})",
            "that runs when the application has started to serve: what is added then is ignored, or works with some "
            "versions only, and what happens before is not seen",
            f"Move {' and '.join(f'`{placed.text}`' for placed in late)} {evidence.setup_place}.",
        )
    elif found:
        lines = ", ".join(f"{placed.function}:{placed.line}" for placed in found)
        yield Check(PLACE, "passed", f"{found[0].file} {lines}")
