"""The engine over code that nobody here wrote: the standard library of the Python that runs the tests.

A spread of files by default; all of them with ``RELEASE_QUALITY_CORPUS=all``.
"""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

import libcst as cst
import pytest
from support.engine_tools import APP, CONTEXT, TRACED, TRACING

from codemods.engines.python import (
    Changed,
    Outcome,
    Refused,
    Site,
    Unchanged,
    add_decorator,
    find_calls,
    functions,
    insert_call,
    remove_call,
    remove_decorator,
    uses_module,
)
from codemods.engines.python_names import Names, names_of
from codemods.engines.python_parse import UnreadableError
from codemods.engines.python_scopes import dotted

STDLIB = Path(sysconfig.get_path("stdlib"))
FILES = [file for file in sorted(STDLIB.rglob("*.py")) if "site-packages" not in file.parts]
ALL = os.environ.get("RELEASE_QUALITY_CORPUS") == "all"
READ_LIMIT = 60_000
SMALL = [file for file in FILES if file.stat().st_size < READ_LIMIT]
CHOSEN = FILES if ALL else SMALL[::15]
EDITED = CHOSEN if ALL else SMALL[7::30]


def _site(names: Names) -> Site | None:
    """Return the first statement that names what a call makes, as if it made an application."""
    for record in names.calls:
        statement = record.place.statement if record.place else None
        if isinstance(statement, cst.Assign) and statement.value is record.node and dotted(record.node.func):
            target = statement.targets[0].target
            if dotted(target):
                line = names.source.line(names.source.inner(record.node)[0])
                scope = record.scope.owner().qualname
                return Site(names.source.code(target), scope, line, names.source.code(record.node.func))
    return None


def test_nothing_applies() -> None:
    """No file is changed, none is taken to use our package, and none raises."""
    for file in CHOSEN:
        source = file.read_bytes() + b"\n# app.instrumentation.tracing\n"
        assert find_calls(source, module=TRACING.module, context=CONTEXT) == [], file
        assert not uses_module(source, TRACING.module, CONTEXT), file
        outcome = insert_call(source, site=APP, call=TRACING, context=CONTEXT)
        assert isinstance(outcome, Refused), file


def test_an_edit_is_stable_and_comes_out_again() -> None:
    """What is inserted into a real file is found again and removed to the byte."""
    inexact = []
    edits = 0
    for file in EDITED:
        source = file.read_bytes()
        try:
            names = names_of(source, CONTEXT)
        except UnreadableError:
            continue
        site = _site(names)
        if site:
            outcome = insert_call(source, site=site, call=TRACING, context=CONTEXT)
            if isinstance(outcome, Changed):
                edits += 1
                assert isinstance(
                    insert_call(outcome.source, site=site, call=TRACING, context=CONTEXT), Unchanged
                ), file
                removed = remove_call(
                    outcome.source, module=TRACING.module, function=TRACING.function, context=CONTEXT
                )
                inexact += _inexact(file, source, removed)
        found = functions(source)
        if found:
            name = found[len(found) // 2].qualname
            outcome = add_decorator(source, qualname=name, decorator=TRACED, context=CONTEXT)
            if isinstance(outcome, Changed):
                edits += 1
                removed = remove_decorator(
                    outcome.source, module=TRACED.module, function=TRACED.function, context=CONTEXT
                )
                inexact += _inexact(file, source, removed)

    assert edits > len(EDITED) // 2
    assert len(inexact) <= edits // 50, inexact


def _inexact(file: Path, source: bytes, removed: Outcome) -> list[str]:
    """Return the file when more than blank lines is left of an edit."""
    assert isinstance(removed, Changed), file
    assert _blank_free(removed.source) == _blank_free(source), file
    return [] if removed.source == source else [str(file)]


def _blank_free(source: bytes) -> list[bytes]:
    return [line for line in source.split(b"\n") if line.strip()]


def test_the_corpus_is_there() -> None:
    if len(FILES) < 500:
        pytest.skip("this Python has no standard library in source form")
    assert len(CHOSEN) > 30
