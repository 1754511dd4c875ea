"""Every byte that is not ours stays: encodings, newlines, tabs, the end of the file. What cannot be read is refused."""

from __future__ import annotations

import pytest
from support.engine_tools import APP, CONTEXT, TRACED, TRACING

from codemods.engines.python import (
    Changed,
    Refused,
    add_decorator,
    find_calls,
    find_decorators,
    functions,
    insert_call,
    remove_call,
    remove_decorator,
    remove_import,
    uses_module,
)

HEAD = b"from fastapi import FastAPI\n"
IMPORT = b"\nfrom app.instrumentation.tracing import setup_tracing\n"


def insert(source: bytes) -> bytes:
    outcome = insert_call(source, site=APP, call=TRACING, context=CONTEXT)
    assert isinstance(outcome, Changed), outcome
    return outcome.source


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            HEAD + b"\napp = FastAPI()",
            HEAD + IMPORT + b"\napp = FastAPI()\nsetup_tracing(app)",
            id="no final newline",
        ),
        pytest.param(
            (HEAD + b"\napp = FastAPI()\n").replace(b"\n", b"\r\n"),
            (HEAD + IMPORT + b"\napp = FastAPI()\nsetup_tracing(app)\n").replace(b"\n", b"\r\n"),
            id="CRLF",
        ),
        pytest.param(
            (HEAD + b"\napp = FastAPI()").replace(b"\n", b"\r\n"),
            (HEAD + IMPORT + b"\napp = FastAPI()\nsetup_tracing(app)").replace(b"\n", b"\r\n"),
            id="CRLF without final newline",
        ),
        pytest.param(
            HEAD + b"\nx = 1\r\napp = FastAPI()\r\ny = 1\n",
            HEAD + IMPORT + b"\nx = 1\r\napp = FastAPI()\r\nsetup_tracing(app)\r\ny = 1\n",
            id="mixed newlines follow the neighbour",
        ),
        pytest.param(
            b"\xef\xbb\xbf" + HEAD + b"\napp = FastAPI()\n",
            b"\xef\xbb\xbf" + HEAD + IMPORT + b"\napp = FastAPI()\nsetup_tracing(app)\n",
            id="byte order mark",
        ),
        pytest.param(
            b"# -*- coding: latin-1 -*-\n" + HEAD + b"\nx = '\xe9'\napp = FastAPI()\n",
            b"# -*- coding: latin-1 -*-\n"
            + HEAD
            + IMPORT
            + b"\nx = '\xe9'\napp = FastAPI()\nsetup_tracing(app)\n",
            id="Latin-1 cookie",
        ),
        pytest.param(
            b"#!/usr/bin/env python\n# vim: set fileencoding=shift_jis :\n"
            + HEAD
            + b"\nx = '\x83\x65'\napp = FastAPI()\n",
            b"#!/usr/bin/env python\n# vim: set fileencoding=shift_jis :\n"
            + HEAD
            + IMPORT
            + b"\nx = '\x83\x65'\napp = FastAPI()\nsetup_tracing(app)\n",
            id="multi-byte cookie on the second line",
        ),
        pytest.param(
            HEAD + b"\n\x0c\nx = '\xe2\x80\xa8'\nif x:\n\tapp = FastAPI()\t\n\x0c\n",
            HEAD
            + IMPORT
            + b"\n\x0c\nx = '\xe2\x80\xa8'\nif x:\n\tapp = FastAPI()\t\n\tsetup_tracing(app)\n\x0c\n",
            id="form feeds, Unicode line separators, tabs and trailing white space",
        ),
    ],
)
def test_keeps_every_other_byte(before: bytes, after: bytes) -> None:
    assert insert(before) == after


def test_takes_a_removal_back_to_the_byte() -> None:
    before = (HEAD + b"\napp = FastAPI()").replace(b"\n", b"\r\n")
    outcome = remove_call(insert(before), module=TRACING.module, function=TRACING.function, context=CONTEXT)

    assert outcome == Changed(before)


UNREADABLE = [
    pytest.param(b"def f(:\n  pass\napp = FastAPI()\n", "line 1 has a syntax error", id="syntax error"),
    pytest.param(b"x = 1\nprint 'app'\n", "line 2 is Python 2", id="Python 2 print"),
    pytest.param(b"x = 1\nraise Error, 'x'\n", "line 2 is Python 2", id="Python 2 raise"),
    pytest.param(b"x = 1\ny = '\xe9'\n", "line 2 is not valid utf-8", id="not UTF-8"),
    pytest.param(b"# coding: klingon\nx = 1\n", "encoding", id="unknown cookie"),
    pytest.param(b"\xef\xbb\xbf# coding: latin-1\nx = 1\n", "encoding", id="cookie against byte order mark"),
    pytest.param(b"x = '\0'\n", "null bytes", id="null bytes"),
    pytest.param(b"\xff\xfex\x00", "null bytes", id="UTF-16"),
    pytest.param(b"x = 1\n" * 200_000, "bytes", id="too large"),
    pytest.param(
        b"x = " + b"(" * 3000 + b")" * 3000 + b"\n", "nested", id="brackets that end the parser's stack"
    ),
    pytest.param(b"x = " + b"-" * 30_000 + b"1\n", "nested", id="signs that end the parser's stack"),
    pytest.param(
        b"if a:\n  pass\n" + b"elif b:\n  pass\n" * 20_000,
        "nested",
        id="branches that end the parser's stack",
    ),
    pytest.param(b"x = a" + b" + a" * 20_000 + b"\n", "too long", id="chain that takes the parser minutes"),
    pytest.param(b"x = a" + b" + a" * 990 + b"\n", "nested", id="chain beyond Python's recursion limit"),
]


@pytest.mark.parametrize(("source", "reason"), UNREADABLE)
def test_refuses_what_cannot_be_read(source: bytes, reason: str) -> None:
    outcome = insert_call(source, site=APP, call=TRACING, context=CONTEXT)

    assert isinstance(outcome, Refused)
    assert reason in outcome.reason
    assert "setup_tracing(app)" in outcome.snippet
    assert isinstance(add_decorator(source, qualname="f", decorator=TRACED, context=CONTEXT), Refused)


@pytest.mark.parametrize(("source", "reason"), UNREADABLE)
def test_finds_nothing_in_what_cannot_be_read(source: bytes, reason: str) -> None:
    assert reason
    source += b"\n# app.instrumentation.tracing setup_tracing traced spans"
    assert find_calls(source, module="app.instrumentation", context=CONTEXT) == []
    assert find_decorators(source, module="app.instrumentation", context=CONTEXT) == []
    assert functions(source) == []
    assert not uses_module(source, "app.instrumentation", CONTEXT)
    for outcome in (
        remove_call(source, module=TRACING.module, function="setup_tracing", context=CONTEXT),
        remove_decorator(source, module=TRACED.module, function="traced", context=CONTEXT),
        remove_import(source, module=TRACING.module, context=CONTEXT),
    ):
        assert isinstance(outcome, Refused)


def test_refuses_a_name_that_the_encoding_cannot_write() -> None:
    source = b"# coding: ascii\nfrom fastapi import FastAPI\n\napp = FastAPI()\n"
    call = type(TRACING)("app.instrumentation.tracing", "setup_tracing", ("{target}", "'\u00e9'"))
    outcome = insert_call(source, site=APP, call=call, context=CONTEXT)

    assert isinstance(outcome, Refused)
    assert "ascii" in outcome.reason


def test_refuses_newlines_that_the_parser_loses() -> None:
    outcome = insert_call(
        HEAD.replace(b"\n", b"\r") + b"app = FastAPI()\r", site=APP, call=TRACING, context=CONTEXT
    )

    assert isinstance(outcome, Refused)
    assert "byte for byte" in outcome.reason


def test_an_empty_file_has_nothing() -> None:
    assert isinstance(insert_call(b"", site=APP, call=TRACING, context=CONTEXT), Refused)
    assert functions(b"") == []


def test_brackets_in_a_string_are_not_nesting() -> None:
    source = HEAD + b"\nx = '" + b"(" * 500 + b"'\napp = FastAPI()\n"

    assert insert(source).endswith(b"setup_tracing(app)\n")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b"type X = int\napp = (\n", id="alias right above the mistake"),
        pytest.param(b"type X = int\n\n\napp = (1\nx = 2\n", id="alias far above the mistake"),
        pytest.param(b"def f[T](x):\n    pass\n\napp = = 2\n", id="generic function above the mistake"),
    ],
)
def test_syntax_of_a_newer_python_is_never_called_the_mistake(source: bytes) -> None:
    outcome = insert_call(source, site=APP, call=TRACING, context=CONTEXT)
    assert isinstance(outcome, Refused)
    assert "line 1 " not in outcome.reason
