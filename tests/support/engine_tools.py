"""What the tests of the Python engine share: the file under test, and the checks that hold for every edit."""

from __future__ import annotations

import textwrap

from codemods.engines.python import Call, Changed, ImportContext, Outcome, Site, Unchanged, insert_call

CONTEXT = ImportContext("app.main", "app")
TRACING = Call("app.instrumentation.tracing", "setup_tracing")
METRICS = Call("app.instrumentation.metrics", "setup_metrics")
LOGGING = Call("app.instrumentation.logs", "setup_logging", (), "before")
TRACED = Call("app.instrumentation.spans", "traced", ())
APP = Site("app", "", 1, "fastapi.FastAPI")


def code(text: str) -> str:
    """Return an indented literal as a file."""
    return textwrap.dedent(text).lstrip("\n")


def insert(
    source: str, *, site: Site = APP, call: Call = TRACING, context: ImportContext = CONTEXT
) -> Outcome:
    """Insert a call and check what must hold for every insertion: applied twice is applied once."""
    outcome = insert_call(source.encode(), site=site, call=call, context=context)
    if isinstance(outcome, Changed):
        again = insert_call(outcome.source, site=site, call=call, context=context)
        assert isinstance(again, Unchanged), again
    return outcome


def text_of(outcome: Outcome) -> str:
    """Return the changed file."""
    assert isinstance(outcome, Changed), outcome
    return outcome.source.decode()
