"""Where a set-up call goes, and when the file stays as it is."""

from __future__ import annotations

import dataclasses

import pytest
from support.engine_tools import APP, CONTEXT, LOGGING, METRICS, TRACING, code, insert, text_of

from codemods.engines.python import Call, ImportContext, Refused, Site, Unchanged

FACTORY = Site("", "create_app", 1, "fastapi.FastAPI")
IN_FACTORY = Site("app", "create_app", 1, "fastapi.FastAPI")
IMPORT = "from app.instrumentation.tracing import setup_tracing\n"


@pytest.mark.parametrize(
    ("site", "source"),
    [
        pytest.param(APP, IMPORT + "app = FastAPI()\nsetup_tracing(app)\n", id="the call is there"),
        pytest.param(
            APP, IMPORT + "app = FastAPI()\nx = 1\n\n\nsetup_tracing(app)\n", id="moved down in the module"
        ),
        pytest.param(
            APP,
            IMPORT + "app = FastAPI()\n\n\ndef main():\n    setup_tracing(app)\n",
            id="moved into a function",
        ),
        pytest.param(
            APP,
            IMPORT + "app = FastAPI()\n\n\ndef configure(api):\n    setup_tracing(api)\n\n\nconfigure(app)\n",
            id="moved into a helper that takes the application",
        ),
        pytest.param(
            APP,
            IMPORT + 'app = FastAPI()\nsetup_tracing(app, service="x", ratio=0.5)\n',
            id="arguments were edited",
        ),
        pytest.param(
            APP,
            "import app.instrumentation.tracing as t\napp = FastAPI()\nt.setup_tracing(app)\n",
            id="module imported under another name",
        ),
        pytest.param(
            APP,
            "from app.instrumentation.tracing import setup_tracing as go\napp = FastAPI()\ngo(app)\n",
            id="function imported under another name",
        ),
        pytest.param(
            APP,
            "from app.instrumentation import tracing\napp = FastAPI()\ntracing.setup_tracing(app)\n",
            id="from package",
        ),
        pytest.param(
            APP,
            "from .instrumentation.tracing import setup_tracing\napp = FastAPI()\nsetup_tracing(app)\n",
            id="relative",
        ),
        pytest.param(
            APP,
            "from .instrumentation.tracing import *\napp = FastAPI()\nsetup_tracing(app)\n",
            id="star import",
        ),
        pytest.param(
            APP,
            IMPORT + "set_up = setup_tracing\napp = FastAPI()\nset_up(app)\n",
            id="function under a second name",
        ),
        pytest.param(
            FACTORY,
            IMPORT + "def create_app():\n    api = FastAPI()\n    setup_tracing(api)\n    return api\n",
            id="the returned application has got a name since",
        ),
        pytest.param(
            IN_FACTORY,
            code("""
                def create_app(debug):
                    from app.instrumentation.tracing import setup_tracing
                    if debug:
                        app = FastAPI(debug=True)
                    else:
                        app = FastAPI()
                    setup_tracing(app)
                    return app
            """),
            id="one call behind both branches, imported in the function",
        ),
        pytest.param(
            FACTORY,
            IMPORT
            + "def create_app():\n    app = FastAPI()\n    setup_tracing(app)\n    return Wrapper(app)\n",
            id="wrapped after the call",
        ),
    ],
)
def test_leaves_what_is_set_up(site: Site, source: str) -> None:
    source = "from fastapi import FastAPI\n" + source

    assert isinstance(insert(source, site=site), Unchanged)


def test_leaves_the_module_that_defines_the_function() -> None:
    context = ImportContext("app.instrumentation.tracing", "app")

    assert isinstance(insert("app = FastAPI()\n", context=context), Unchanged)


@pytest.mark.parametrize(
    ("body", "name", "scope", "reason"),
    [
        pytest.param("app = Wrapper(FastAPI())\n", "app", "", "wrapped", id="wrapped"),
        pytest.param("apps = {'a': FastAPI()}\n", "app", "", "literal", id="dictionary"),
        pytest.param("apps = [FastAPI()]\n", "app", "", "literal", id="list"),
        pytest.param("make = lambda: FastAPI()\n", "app", "", "lambda", id="lambda"),
        pytest.param("apps = [FastAPI() for _ in x]\n", "app", "", "comprehension", id="comprehension"),
        pytest.param("def f(app=FastAPI()):\n    pass\n", "app", "", "header", id="default value"),
        pytest.param("if app := FastAPI():\n    pass\n", "app", "", "header", id="walrus in a condition"),
        pytest.param("print(app := FastAPI())\n", "app", "", "wrapped", id="walrus in a call"),
        pytest.param("uvicorn.run(FastAPI())\n", "", "", "wrapped", id="without a name"),
        pytest.param("app = FastAPI().router\n", "app", "", "another expression", id="attribute of it"),
        pytest.param("app = x or FastAPI()\n", "app", "", "another expression", id="one of two objects"),
        pytest.param(
            "app = FastAPI() if x else Flask()\n", "app", "", "another expression", id="one of two classes"
        ),
        pytest.param(
            "def f():\n    return Wrap(FastAPI())\n", "", "f", "another expression", id="returned wrapped"
        ),
        pytest.param("def f(): return FastAPI()\n", "", "f", "other statements", id="one-line factory"),
        pytest.param(
            "def f():\n    x = 1; return FastAPI()\n",
            "",
            "f",
            "other statements",
            id="return after semicolon",
        ),
        pytest.param("x = 1\n", "app", "", "not found", id="there is none"),
        pytest.param("def f():\n    app = FastAPI()\n", "app", "g", "not found in g()", id="other scope"),
        pytest.param(
            "# app = FastAPI()\nx = 'app = FastAPI()'\n", "app", "", "not found", id="comment and string"
        ),
    ],
)
def test_refuses_where_the_application_has_no_name(body: str, name: str, scope: str, reason: str) -> None:
    outcome = insert("from fastapi import FastAPI\n" + body, site=Site(name, scope, 2, "fastapi.FastAPI"))

    assert isinstance(outcome, Refused)
    assert reason in outcome.reason
    assert IMPORT in outcome.snippet
    assert "setup_tracing(app)" in outcome.snippet


@pytest.mark.parametrize(
    ("name", "scope", "body", "expected"),
    [
        pytest.param(
            "app", "", "app = FastAPI()\n", "app = FastAPI()\nsetup_tracing(app)\n", id="assignment"
        ),
        pytest.param(
            "app",
            "",
            "app = FastAPI()  # api\n\n\nx = 1\n",
            "app = FastAPI()  # api\nsetup_tracing(app)\n\n\nx = 1\n",
            id="comment",
        ),
        pytest.param(
            "app",
            "",
            "app: FastAPI = FastAPI()\n",
            "app: FastAPI = FastAPI()\nsetup_tracing(app)\n",
            id="annotated",
        ),
        pytest.param("b", "", "a = b = FastAPI()\n", "a = b = FastAPI()\nsetup_tracing(b)\n", id="chained"),
        pytest.param(
            "app", "", "app, x = FastAPI(), 1\n", "app, x = FastAPI(), 1\nsetup_tracing(app)\n", id="unpacked"
        ),
        pytest.param(
            "app",
            "",
            "app = FastAPI(\n    title='x',\n)\n",
            "app = FastAPI(\n    title='x',\n)\nsetup_tracing(app)\n",
            id="lines",
        ),
        pytest.param(
            "app",
            "",
            "app = \\\n    FastAPI()\n",
            "app = \\\n    FastAPI()\nsetup_tracing(app)\n",
            id="continued line",
        ),
        pytest.param(
            "app",
            "",
            "app = FastAPI() if x else FastAPI(debug=True)\n",
            "app = FastAPI() if x else FastAPI(debug=True)\nsetup_tracing(app)\n",
            id="two calls of the same class",
        ),
        pytest.param(
            "apps['v1']",
            "",
            "apps['v1'] = FastAPI()\n",
            "apps['v1'] = FastAPI()\nsetup_tracing(apps['v1'])\n",
            id="item",
        ),
        pytest.param(
            "app", "", "app = (FastAPI())\n", "app = (FastAPI())\nsetup_tracing(app)\n", id="in brackets"
        ),
        pytest.param(
            "app",
            "",
            "if x:\n    app = FastAPI()\nelse:\n    app = FastAPI(debug=True)\n",
            "if x:\n    app = FastAPI()\n    setup_tracing(app)\nelse:\n    app = FastAPI(debug=True)\n    setup_tracing(app)\n",
            id="each branch",
        ),
        pytest.param(
            "app",
            "",
            "app = FastAPI()\nx = 1\napp = FastAPI()\n",
            "app = FastAPI()\nsetup_tracing(app)\nx = 1\napp = FastAPI()\nsetup_tracing(app)\n",
            id="made again",
        ),
        pytest.param(
            "app",
            "",
            "try:\n\tapp = FastAPI()\nfinally:\n\tpass\n",
            "try:\n\tapp = FastAPI()\n\tsetup_tracing(app)\nfinally:\n\tpass\n",
            id="tabs in a try",
        ),
        pytest.param(
            "app",
            "",
            "with a:\n  app = FastAPI()\n",
            "with a:\n  app = FastAPI()\n  setup_tracing(app)\n",
            id="with",
        ),
        pytest.param(
            "app",
            "",
            "if x: app = FastAPI()\n",
            "if x: app = FastAPI(); setup_tracing(app)\n",
            id="one-line body",
        ),
        pytest.param(
            "app",
            "",
            "app = FastAPI(); app.mount('/', x)\n",
            "app = FastAPI(); setup_tracing(app); app.mount('/', x)\n",
            id="in front of what follows on the line",
        ),
        pytest.param(
            "app",
            "",
            "x = 1; app = FastAPI()\n",
            "x = 1; app = FastAPI()\nsetup_tracing(app)\n",
            id="last on the line",
        ),
        pytest.param(
            "self.app",
            "S.__init__",
            "class S:\n    def __init__(self):\n        self.app = FastAPI()\n",
            "class S:\n    def __init__(self):\n        self.app = FastAPI()\n        setup_tracing(self.app)\n",
            id="attribute",
        ),
        pytest.param(
            "app",
            "",
            "class S:\n    app = FastAPI()\n",
            "class S:\n    app = FastAPI()\n    setup_tracing(app)\n",
            id="class attribute",
        ),
        pytest.param(
            "app",
            "f.<locals>.g",
            "def f():\n    def g():\n        app = FastAPI()\n",
            "def f():\n    def g():\n        app = FastAPI()\n        setup_tracing(app)\n",
            id="nested function",
        ),
        pytest.param(
            "",
            "f",
            "def f():\n    return FastAPI(\n        title='x',  # y\n    )  # z\n",
            "def f():\n    app = FastAPI(\n        title='x',  # y\n    )  # z\n    setup_tracing(app)\n    return app\n",
            id="returned at once",
        ),
        pytest.param(
            "",
            "f",
            "def f():\n    return(FastAPI())\n",
            "def f():\n    app = (FastAPI())\n    setup_tracing(app)\n    return app\n",
            id="returned in brackets",
        ),
        pytest.param(
            "",
            "f",
            "def f(app):\n    return FastAPI(x=app)",
            "def f(app):\n    application = FastAPI(x=app)\n    setup_tracing(application)\n    return application",
            id="the usual name is taken",
        ),
        pytest.param(
            "",
            "f",
            "def f(x):\n    if x:\n        return FastAPI(debug=x)\n    return FastAPI()\n",
            "def f(x):\n    if x:\n        app = FastAPI(debug=x)\n        setup_tracing(app)\n        return app\n"
            "    app = FastAPI()\n    setup_tracing(app)\n    return app\n",
            id="returned in two places",
        ),
        pytest.param(
            "app",
            "",
            "# setup_tracing(app)\nx = 'setup_tracing(app)'\napp = FastAPI()\n",
            "# setup_tracing(app)\nx = 'setup_tracing(app)'\napp = FastAPI()\nsetup_tracing(app)\n",
            id="comment and string do not count",
        ),
    ],
)
def test_calls_behind_the_construction(name: str, scope: str, body: str, expected: str) -> None:
    head = "from fastapi import FastAPI\n"
    site = Site(name, scope, 99, "fastapi.FastAPI")

    assert text_of(insert(head + "\n" + body, site=site)) == f"{head}\n{IMPORT}\n{expected}"


@pytest.mark.parametrize(
    ("head", "made"),
    [
        pytest.param("import fastapi\n", "fastapi.FastAPI", id="module"),
        pytest.param("import fastapi as f\n", "f.FastAPI", id="module under another name"),
        pytest.param("from fastapi import FastAPI as API\n", "API", id="class under another name"),
        pytest.param("from fastapi.applications import FastAPI\n", "FastAPI", id="defining module"),
        pytest.param("from fastapi import *\n", "FastAPI", id="star"),
        pytest.param(
            "try:\n    from fastapi import FastAPI\nexcept ImportError:\n    FastAPI = None\n",
            "FastAPI",
            id="guarded",
        ),
    ],
)
def test_finds_the_constructor_under_every_import(head: str, made: str) -> None:
    assert text_of(insert(f"{head}\napp = {made}()\n")).endswith(f"app = {made}()\nsetup_tracing(app)\n")


def test_finds_a_subclass_of_the_file_itself() -> None:
    source = "import fastapi\n\n\nclass API(fastapi.FastAPI):\n    pass\n\n\napp = API()\n"
    site = dataclasses.replace(APP, constructor="app.main.API")

    assert text_of(insert(source, site=site)).endswith("app = API()\nsetup_tracing(app)\n")


def test_finds_by_name_what_resolves_to_something_else() -> None:
    source = "from .factory import make\n\napp = make()\n"

    assert text_of(insert(source)).endswith("app = make()\nsetup_tracing(app)\n")


def test_each_of_two_applications_gets_its_own_call() -> None:
    source = "from fastapi import FastAPI\n\napp = FastAPI()\nadmin = FastAPI()\n"
    once = text_of(insert(source))
    both = text_of(insert(once, site=dataclasses.replace(APP, name="admin")))

    assert both.endswith("app = FastAPI()\nsetup_tracing(app)\nadmin = FastAPI()\nsetup_tracing(admin)\n")


def test_each_of_two_factories_gets_its_own_call() -> None:
    factory = "def {0}():\n    app = FastAPI()\n    return app\n\n\n"
    source = "from fastapi import FastAPI\n\n\n" + factory.format("one") + factory.format("two")
    once = text_of(insert(source, site=dataclasses.replace(APP, scope="one")))
    both = text_of(insert(once, site=dataclasses.replace(APP, scope="two")))

    assert both.count("setup_tracing(app)") == 2


def test_later_calls_go_behind_earlier_ones() -> None:
    source = "from fastapi import FastAPI\n\n# the service\napp = FastAPI()\nx = 1\n"
    for call in (LOGGING, TRACING, METRICS):
        source = text_of(insert(source, call=call))

    assert source == code("""
        from fastapi import FastAPI

        from app.instrumentation.logs import setup_logging
        from app.instrumentation.metrics import setup_metrics
        from app.instrumentation.tracing import setup_tracing

        setup_logging()
        # the service
        app = FastAPI()
        setup_tracing(app)
        setup_metrics(app)
        x = 1
    """)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "    return Wrap(FastAPI())\n", "    setup_logging()\n    return Wrap(FastAPI())\n", id="wrapped"
        ),
        pytest.param("    return FastAPI()\n", "    setup_logging()\n    return FastAPI()\n", id="returned"),
        pytest.param(
            "    x = 1; app = FastAPI()\n", "    x = 1; setup_logging(); app = FastAPI()\n", id="on one line"
        ),
    ],
)
def test_a_call_before_needs_no_name(body: str, expected: str) -> None:
    source = "from fastapi import FastAPI\n\n\ndef create_app():\n" + body
    outcome = insert(source, site=FACTORY, call=LOGGING)

    assert text_of(outcome).endswith("def create_app():\n" + expected)


def test_a_taken_name_is_imported_under_another() -> None:
    source = "from fastapi import FastAPI\n\n\ndef setup_tracing(app): ...\n\n\napp = FastAPI()\nsetup_tracing(app)\n"
    after = text_of(insert(source))

    assert "from app.instrumentation.tracing import setup_tracing as setup_tracing_\n" in after
    assert after.endswith("app = FastAPI()\nsetup_tracing_(app)\nsetup_tracing(app)\n")


def test_an_import_of_the_function_is_used_again() -> None:
    source = f"from fastapi import FastAPI\n\n{IMPORT}\napp = FastAPI()\n"

    assert text_of(insert(source)) == source + "setup_tracing(app)\n"


def test_an_import_for_type_checking_is_no_import() -> None:
    source = f"from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    {IMPORT}\napp = FastAPI()\n"

    assert "import setup_tracing as setup_tracing_\n" in text_of(insert(source))


def test_arguments_may_name_more_than_the_application() -> None:
    call = Call(
        "app.instrumentation.tracing", "setup_tracing", ("{target}", "engine=ENGINE"), imports=("ENGINE",)
    )
    after = text_of(insert("from fastapi import FastAPI\n\napp = FastAPI()\n", call=call))

    assert "from app.instrumentation.tracing import ENGINE, setup_tracing\n" in after
    assert after.endswith("setup_tracing(app, engine=ENGINE)\n")


def test_a_flat_layout_imports_from_the_top() -> None:
    call = Call("instrumentation.tracing", "setup_tracing")
    after = text_of(
        insert(
            "from fastapi import FastAPI\n\napp = FastAPI()\n", call=call, context=ImportContext("main", "")
        )
    )

    assert after.startswith(
        "from fastapi import FastAPI\n\nfrom instrumentation.tracing import setup_tracing\n\n"
    )


def test_the_context_is_not_needed_to_find_the_line_again() -> None:
    moved = "from fastapi import FastAPI\n" + "x = 1\n" * 50 + "app = FastAPI()\n"

    assert text_of(insert(moved, context=CONTEXT)).endswith("app = FastAPI()\nsetup_tracing(app)\n")
