"""What holds for any module around an application: it parses, twice is once, and what was inserted comes out again."""

from __future__ import annotations

import re

import libcst as cst
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.engine_tools import CONTEXT, LOGGING, TRACING

from codemods.engines.python import Changed, Site, Unchanged, find_calls, insert_call, remove_call

IMPORTS = st.lists(
    st.sampled_from(
        [
            "import os",
            "import sys, re",
            "from fastapi import FastAPI",
            "import fastapi as f",
            "from app.db import (\n    engine,  # the one\n    other,\n)",
            "from .routes import router",
            "from app import models; import json",
            "try:\n    import uvloop\nexcept ImportError:\n    uvloop = None",
            "if TYPE_CHECKING:\n    from app.x import Y",
            "sys.path.insert(0, 'src')",
            "# a comment",
            "",
        ]
    ),
    max_size=6,
)
STATEMENTS = st.lists(
    st.sampled_from(
        [
            "x = 1",
            "x = 1; y = 2;",
            "'''a string\nof lines'''",
            "# setup_tracing(app)",
            "",
            "def f(app=None, *args):\n    '''Doc.'''\n    return app",
            "class C:\n\tapp = None\n\n\tdef g(self): pass",
            "if x: pass\nelif y:\n    pass\nelse: pass",
            "@decorated\nasync def h():\n    async with a as b: yield b",
            "match x:\n    case [1, *rest]: pass\n    case {'a': y, **more}:\n        pass",
            "for i in range(3): print(i, end='')",
            "z = [i for i in x if (j := i)]",
            "x = f'{y!r:>{width}} é'",
            "\f",
            "def setup_tracing(): pass",
        ]
    ),
    max_size=4,
)
MADE = st.sampled_from(
    [
        "app = FastAPI()",
        "app: FastAPI = FastAPI(  # why\n    title='x',\n)  # end",
        "app = other = FastAPI(\n)",
        "app = FastAPI(); y = 1",
        "y = 1; app = FastAPI() ;",
        "if x: app = FastAPI()",
        "if x:\n  app = FastAPI()\nelse:\n\tapp = FastAPI(1)\n",
        "with x:\n    try:\n        app = FastAPI()\n    finally:\n        pass",
        "app, y = FastAPI(), \\\n    1",
        "class S:\n    app = FastAPI()",
    ]
)
HEADS = st.sampled_from(
    ["", "#!/usr/bin/env python\n", "# -*- coding: utf-8 -*-\n", '"""Doc."""\n', "# Licence\n\n\n"]
)
SITE = Site("app", "", 1, "fastapi.FastAPI")


@st.composite
def modules(draw: st.DrawFn) -> bytes:
    head = draw(HEADS)
    future = draw(st.sampled_from(["", "from __future__ import annotations\n"]))
    parts = [*draw(IMPORTS), *draw(STATEMENTS), draw(MADE), *draw(STATEMENTS)]
    text = head + future + "\n".join(parts) + draw(st.sampled_from(["", "\n", "\n\n\n"]))
    text = re.sub("\n", draw(st.sampled_from(["\n", "\r\n"])), text)
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(modules())
def test_any_module(source: bytes) -> None:
    assume(not re.search(rb"\f\s*\Z", source))  # LibCST loses a form feed at the end; such a file is refused
    after = source
    for call in (TRACING, LOGGING):
        outcome = insert_call(after, site=SITE, call=call, context=CONTEXT)
        assert isinstance(outcome, Changed), outcome
        assert isinstance(insert_call(outcome.source, site=SITE, call=call, context=CONTEXT), Unchanged)
        after = outcome.source

    cst.parse_module(after)
    assert _without_ours(after) == _without_ours(source)
    assert (b"\r\n" in after) == (b"\r\n" in source) or b"\n" not in source
    assert not (b"\r\n" in source and re.search(rb"[^\r]\n", after))
    found = find_calls(after, module="app.instrumentation", context=CONTEXT)
    assert {call.function for call in found} == {"tracing.setup_tracing", "logs.setup_logging"}

    for call in (TRACING, LOGGING):
        removed = remove_call(after, module=call.module, function=call.function, context=CONTEXT)
        assert isinstance(removed, Changed), removed
        after = removed.source
    assert after.strip() == source.strip() or _without_ours(after) == _without_ours(source)
    assert not find_calls(after, module="app.instrumentation", context=CONTEXT)


def _without_ours(source: bytes) -> bytes:
    """Return a file without our lines and without blank lines, which the imports may bring along."""
    text = source.decode("utf-8-sig")
    text = re.sub(
        r"^from \.?(app\.)?instrumentation\.\w+ import \w+( as \w+)?$",
        "",
        text.replace("\r", ""),
        flags=re.MULTILINE,
    )
    text = re.sub(r"; setup_(tracing|logging)_*\((app)?\)|setup_logging\(\); ", "", text)
    text = re.sub(r"^[ \t]*setup_(tracing|logging)_*\((app)?\)$", "", text, flags=re.MULTILINE)
    return "\n".join(line for line in text.split("\n") if line.strip(" \t")).encode()
