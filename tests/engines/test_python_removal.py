"""Removing by structure: what is as it was written goes, what was edited stays."""

from __future__ import annotations

import pytest
from support.engine_tools import APP, CONTEXT, LOGGING, METRICS, TRACED, TRACING, insert, text_of

from codemods.engines.python import (
    Changed,
    ImportContext,
    Refused,
    Unchanged,
    add_decorator,
    remove_call,
    remove_decorator,
    remove_import,
    uses_module,
)

IMPORT = "from app.instrumentation.tracing import setup_tracing\n"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("app = FastAPI()\n", id="nothing of ours"),
        pytest.param("# setup_tracing(app)\nx = 'setup_tracing(app)'\n", id="comment and string"),
        pytest.param("def setup_tracing(app): ...\n\n\nsetup_tracing(app)\n", id="a function of their own"),
        pytest.param("from other import setup_tracing\n\nsetup_tracing(app)\n", id="from another module"),
        pytest.param(IMPORT + "\nregister(setup_tracing)\n", id="passed on instead of called"),
        pytest.param(IMPORT + '\n__all__ = ["setup_tracing"]\n', id="exported"),
    ],
)
def test_leaves_what_is_not_ours(source: str) -> None:
    outcome = remove_call(source.encode(), module=TRACING.module, function="setup_tracing", context=CONTEXT)

    assert isinstance(outcome, Unchanged)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("setup_tracing(app, ratio=0.5)\n", id="argument added"),
        pytest.param("handle = setup_tracing(app)\n", id="result is used"),
        pytest.param("if x:\n    setup_tracing(app)\n", id="alone under a condition"),
        pytest.param("if x: setup_tracing(app)\n", id="alone under a condition on one line"),
        pytest.param("setup_tracing(make())\n", id="other application"),
    ],
)
def test_keeps_and_reports_an_edited_call(call: str) -> None:
    source = IMPORT + "x = 1\n" + call
    outcome = remove_call(source.encode(), module=TRACING.module, function="setup_tracing", context=CONTEXT)

    assert isinstance(outcome, Refused)
    assert "edited by hand in line" in outcome.reason


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("from fastapi import FastAPI\n\napp = FastAPI()\n", id="new section"),
        pytest.param("from fastapi import FastAPI\n\napp = FastAPI()", id="no final newline"),
        pytest.param("from fastapi import FastAPI\napp = FastAPI()\n", id="code right below the imports"),
        pytest.param(
            "from fastapi import FastAPI\n\nfrom app.db import x\n\napp = FastAPI(x)\n", id="existing section"
        ),
        pytest.param(
            "from .db import x\n\nif x:\n\tapp = FastAPI()\nelse:\n\tapp = FastAPI(1)\n", id="branches"
        ),
        pytest.param("import fastapi\n\nif x: app = fastapi.FastAPI()\n", id="one-line body"),
        pytest.param("import fastapi\n\napp = fastapi.FastAPI(); x = 1\n", id="semicolon"),
        pytest.param('"""Doc."""\n\napp = FastAPI()\n', id="no imports"),
        pytest.param('"""Doc."""\n\n\nclass A:\n    app = FastAPI()\n', id="docstring and class"),
        pytest.param("# Licence\n\n\nclass A:\n    app = FastAPI()\n", id="comment and class"),
        pytest.param("app = FastAPI()\n", id="one line"),
    ],
)
def test_removal_undoes_insertion(source: str) -> None:
    after = source
    calls = (TRACING, METRICS, LOGGING)
    for call in calls:
        after = text_of(insert(after, call=call))
    for call in calls:
        after = text_of(
            remove_call(after.encode(), module=call.module, function=call.function, context=CONTEXT)
        )

    assert after == source


def test_a_named_return_keeps_its_name() -> None:
    source = "from fastapi import FastAPI\n\n\ndef f():\n    return FastAPI()\n"
    site = type(APP)("", "f", 5, "fastapi.FastAPI")
    after = insert(source, site=site)
    removed = remove_call(
        text_of(after).encode(), module=TRACING.module, function="setup_tracing", context=CONTEXT
    )

    assert text_of(removed).endswith("def f():\n    app = FastAPI()\n    return app\n")


def test_removes_a_decorator_with_what_only_it_used() -> None:
    source = b"import app.db\n\n\n@route\ndef f(): ...\n\n\ndef g(): ...\n"
    counted = type(TRACED)("app.instrumentation.metrics", "counted", ("ORDERS",), imports=("ORDERS",))
    after = add_decorator(source, qualname="f", decorator=counted, context=CONTEXT)
    assert isinstance(after, Changed)

    removed = remove_decorator(after.source, module=counted.module, function="counted", context=CONTEXT)

    assert removed == Changed(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "from app.instrumentation.tracing import a, setup_tracing, z\n\nprint(a, z)\n",
            "from app.instrumentation.tracing import a, z\n\nprint(a, z)\n",
            id="one of several names",
        ),
        pytest.param(
            "from app.instrumentation.tracing import setup_tracing, z\n\nprint(z)\n",
            "from app.instrumentation.tracing import z\n\nprint(z)\n",
            id="first of several names",
        ),
        pytest.param(
            "from app.instrumentation.tracing import (\n    a,\n    setup_tracing,\n)\n\nprint(a)\n",
            "from app.instrumentation.tracing import (\n    a,\n)\n\nprint(a)\n",
            id="name on a line of its own",
        ),
        pytest.param(
            "import os\n\nfrom .instrumentation.tracing import setup_tracing as s\n\nprint(os)\n",
            "import os\n\nprint(os)\n",
            id="relative and renamed",
        ),
    ],
)
def test_removes_unused_imports(source: str, expected: str) -> None:
    outcome = remove_import(source.encode(), module=TRACING.module, context=CONTEXT, names=["setup_tracing"])

    assert text_of(outcome) == expected


@pytest.mark.parametrize(
    ("source", "used"),
    [
        pytest.param("x = 1  # app.instrumentation\n", False, id="comment"),
        pytest.param("x = 'import app.instrumentation'\n", False, id="string"),
        pytest.param("import app.instrumentation_tools\n", False, id="longer name"),
        pytest.param("from app import db\n", False, id="other name of the package"),
        pytest.param("from app import instrumentation\n", True, id="from its package"),
        pytest.param("import app.instrumentation.tracing as t\n", True, id="module below"),
        pytest.param("from .instrumentation import tracing\n", True, id="relative"),
        pytest.param("from .instrumentation.tracing import *\n", True, id="star"),
        pytest.param("def f():\n    from .instrumentation.tracing import x\n", True, id="in a function"),
    ],
)
def test_tells_who_uses_a_module(source: str, used: bool) -> None:  # noqa: FBT001
    assert uses_module(source.encode(), "app.instrumentation", CONTEXT) is used


def test_a_flat_module_is_told_apart() -> None:
    context = ImportContext("main", "")

    assert uses_module(b"from instrumentation.tracing import x\n", "instrumentation", context)
    assert not uses_module(b"from opentelemetry.instrumentation import x\n", "instrumentation", context)
