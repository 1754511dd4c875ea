"""Decorating functions, listing them, and finding what is called."""

from __future__ import annotations

import pytest
from support.engine_tools import CONTEXT, TRACED, code

from codemods.engines.python import (
    Call,
    Changed,
    FoundCall,
    FoundFunction,
    ImportContext,
    Refused,
    Unchanged,
    add_decorator,
    find_calls,
    find_decorators,
    functions,
)

IMPORT = "from app.instrumentation.spans import traced\n"
COUNTED = Call("app.instrumentation.metrics", "counted", ("ORDERS",), imports=("ORDERS",))


def decorate(source: str, qualname: str, decorator: Call = TRACED) -> str:
    """Decorate, and check that a second time changes nothing."""
    outcome = add_decorator(source.encode(), qualname=qualname, decorator=decorator, context=CONTEXT)
    assert isinstance(outcome, Changed), outcome
    again = add_decorator(outcome.source, qualname=qualname, decorator=decorator, context=CONTEXT)
    assert isinstance(again, Unchanged), again
    return outcome.source.decode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("@traced\ndef f(): ...\n", id="decorated"),
        pytest.param("@traced('name', depth=2)\ndef f(): ...\n", id="arguments were added"),
        pytest.param("@traced\n@other\ndef f(): ...\n", id="moved outwards"),
        pytest.param("t = traced\n\n\n@t\ndef f(): ...\n", id="under a second name"),
    ],
)
def test_leaves_what_is_decorated(body: str) -> None:
    outcome = add_decorator((IMPORT + body).encode(), qualname="f", decorator=TRACED, context=CONTEXT)

    assert isinstance(outcome, Unchanged)


@pytest.mark.parametrize(
    ("body", "qualname"),
    [
        pytest.param("x = 1\n", "f", id="there is none"),
        pytest.param("class C:\n    def f(self): ...\n", "f", id="a method of that name"),
        pytest.param("f = lambda: 1\n", "f", id="lambda"),
        pytest.param("class f: ...\n", "f", id="class"),
    ],
)
def test_refuses_a_function_that_is_not_there(body: str, qualname: str) -> None:
    outcome = add_decorator(body.encode(), qualname=qualname, decorator=TRACED, context=CONTEXT)

    assert isinstance(outcome, Refused)
    assert "was not found" in outcome.reason
    assert "@traced\ndef f(" in outcome.snippet


@pytest.mark.parametrize(
    ("qualname", "body", "expected"),
    [
        pytest.param("f", "def f(): ...\n", "@traced\ndef f(): ...\n", id="function"),
        pytest.param("f", "async def f(): ...\n", "@traced\nasync def f(): ...\n", id="async function"),
        pytest.param(
            "f",
            "@app.get('/')\n# why\ndef f(): ...\n",
            "@app.get('/')\n# why\n@traced\ndef f(): ...\n",
            id="below a route",
        ),
        pytest.param(
            "C.f",
            "class C:\n\tdef f(self): ...\n",
            "class C:\n\t@traced\n\tdef f(self): ...\n",
            id="method with tabs",
        ),
        pytest.param(
            "C.f",
            "class C:\n    @classmethod\n    def f(cls): ...\n",
            "class C:\n    @classmethod\n    @traced\n    def f(cls): ...\n",
            id="class method",
        ),
        pytest.param(
            "C.f",
            "class C:\n    @property\n    def f(self): ...\n    @f.setter\n    def f(self, v): ...\n",
            "class C:\n    @property\n    @traced\n    def f(self): ...\n    @f.setter\n    def f(self, v): ...\n",
            id="getter of a property",
        ),
        pytest.param(
            "f.<locals>.g",
            "def f():\n    def g(): ...\n",
            "def f():\n    @traced\n    def g(): ...\n",
            id="nested function",
        ),
        pytest.param(
            "f",
            "from typing import overload\n\n\n@overload\ndef f(x: int): ...\n@overload\ndef f(x: str): ...\ndef f(x): ...\n",
            "from typing import overload\n\n\n@overload\ndef f(x: int): ...\n@overload\ndef f(x: str): ...\n@traced\ndef f(x): ...\n",
            id="implementation behind overloads",
        ),
        pytest.param(
            "f",
            "if x:\n    def f(): ...\nelse:\n    def f(): ...\n",
            "if x:\n    @traced\n    def f(): ...\nelse:\n    @traced\n    def f(): ...\n",
            id="both of two definitions",
        ),
    ],
)
def test_decorates_innermost(qualname: str, body: str, expected: str) -> None:
    head = "import app.db\n"
    want = f"{head}{IMPORT}\n\n{expected}"
    if body.startswith("from typing"):
        body, expected = body.partition("\n\n\n")[2], expected.partition("\n\n\n")[2]
        want = f"from typing import overload\n\n{head}{IMPORT}\n\n{expected}"
        head = f"from typing import overload\n\n{head}"

    assert decorate(f"{head}\n\n{body}", qualname) == want


def test_arguments_are_imported_with_the_decorator() -> None:
    after = decorate("import app.db\n\n\ndef f(): ...\n", "f", COUNTED)

    assert after == (
        "import app.db\nfrom app.instrumentation.metrics import ORDERS, counted\n\n\n@counted(ORDERS)\ndef f(): ...\n"
    )


def test_arguments_follow_a_name_that_is_taken() -> None:
    after = decorate("ORDERS = []\n\n\ndef f(): ...\n", "f", COUNTED)

    assert "from app.instrumentation.metrics import ORDERS as ORDERS_\n" in after
    assert "@counted(ORDERS_)\n" in after


def test_lists_functions() -> None:
    source = code("""
        def plain(): ...

        class C:
            @app.get("/x")
            @cached(1)
            async def method(self):
                def inner():
                    yield 1
                return lambda: 1
    """)

    assert functions(source.encode()) == [
        FoundFunction("plain", 1, is_async=False, is_generator=False, decorators=()),
        FoundFunction(
            "C.method", 6, is_async=True, is_generator=False, decorators=('app.get("/x")', "cached(1)")
        ),
        FoundFunction("C.method.inner", 7, is_async=False, is_generator=True, decorators=()),
    ]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("# app.instrumentation.tracing: setup_tracing(app)\n", id="comment"),
        pytest.param(
            "x = 'from app.instrumentation.tracing import setup_tracing'\nsetup_tracing(x)\n", id="string"
        ),
        pytest.param(
            "from other.instrumentation.tracing import setup_tracing\nsetup_tracing(app)\n",
            id="other package",
        ),
        pytest.param("from app.instrumentation.tracing import setup_tracing\n", id="import alone"),
        pytest.param(
            "from app.instrumentation.tracing import setup_tracing\n\n\ndef f(setup_tracing):\n    setup_tracing(1)\n",
            id="hidden by a parameter",
        ),
        pytest.param(
            "from app.instrumentation.tracing_tools import setup_tracing\nsetup_tracing(1)\n",
            id="longer name",
        ),
        pytest.param(
            "from ...instrumentation.tracing import setup_tracing\nsetup_tracing(1)\n",
            id="out of the package",
        ),
    ],
)
def test_finds_no_call_in(source: str) -> None:
    assert find_calls(source.encode(), module="app.instrumentation.tracing", context=CONTEXT) == []


@pytest.mark.parametrize(
    ("context", "source"),
    [
        pytest.param(
            CONTEXT, "from app.instrumentation.tracing import setup_tracing as s\ns(1)\n", id="other name"
        ),
        pytest.param(
            CONTEXT,
            "import app.instrumentation.tracing\napp.instrumentation.tracing.setup_tracing(1)\n",
            id="dotted",
        ),
        pytest.param(
            CONTEXT,
            "import app.instrumentation.tracing as t\nt.setup_tracing(1)\n",
            id="module under another name",
        ),
        pytest.param(
            CONTEXT, "from .instrumentation import tracing\ntracing.setup_tracing(1)\n", id="relative package"
        ),
        pytest.param(
            ImportContext("app", "app", is_package=True),
            "from .instrumentation.tracing import setup_tracing\nsetup_tracing(1)\n",
            id="relative in the package itself",
        ),
        pytest.param(
            ImportContext("app.api.v1", "app"),
            "from ..instrumentation.tracing import setup_tracing\nsetup_tracing(1)\n",
            id="relative from below",
        ),
    ],
)
def test_finds_calls_by_what_they_resolve_to(context: ImportContext, source: str) -> None:
    found = find_calls(source.encode(), module="app.instrumentation.tracing", context=context)

    assert [(call.function, call.line, call.scope) for call in found] == [("setup_tracing", 2, "")]


def test_finds_calls_of_a_package_with_their_scope() -> None:
    source = code("""
        from app.instrumentation import tracing

        class S:
            def set_up(self):
                tracing.setup_tracing(
                    self.app)
    """)

    assert find_calls(source.encode(), module="app.instrumentation", context=CONTEXT) == [
        FoundCall("tracing.setup_tracing", 5, "tracing.setup_tracing(\n            self.app)", "S.set_up")
    ]


def test_finds_decorators() -> None:
    source = IMPORT + "\n\n@traced\ndef f():\n    @traced('x')\n    def g(): ...\n"

    assert find_decorators(source.encode(), module="app.instrumentation.spans", context=CONTEXT) == [
        FoundCall("traced", 4, "traced", "f"),
        FoundCall("traced", 6, "traced('x')", "f.g"),
    ]
