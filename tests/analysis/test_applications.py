"""Which application objects are found, and which one is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codemods.analysis import analyze, application_sites, choose_application
from codemods.errors import UsageError

if TYPE_CHECKING:
    from support.trees import Write


REQUIREMENTS = {"requirements.txt": "fastapi==0.115.0\n"}

NOT_APPLICATIONS = {
    "a docstring that shows how": '"""Use it like this::\n\n    app = FastAPI()\n"""\nimport fastapi\n',
    "a comment": "import fastapi\n# app = FastAPI()\n",
    "a string": "import fastapi\nTEXT = 'app = fastapi.FastAPI()'\n",
    "a class of the same name from elsewhere": "import fastapi\nfrom shop_lib import FastAPI\napp = FastAPI()\n",
    "a class of the same name made here": "import fastapi\n\nclass FastAPI:\n    pass\n\napp = FastAPI()\n",
    "an annotation without a value": "from fastapi import FastAPI\napp: FastAPI\n",
    "an isinstance check": "from fastapi import FastAPI\n\ndef f(x):\n    return isinstance(x, FastAPI)\n",
    "a parameter": "from fastapi import FastAPI\n\ndef register(app: FastAPI) -> None: ...\n",
    "a router alone": "from fastapi import APIRouter\nrouter = APIRouter()\n",
}


@pytest.mark.parametrize("source", NOT_APPLICATIONS.values(), ids=NOT_APPLICATIONS.keys())
def test_what_only_looks_like_an_application_is_none(project: Write, source: Any) -> None:
    root = project({**REQUIREMENTS, "main.py": source})
    assert analyze(root).applications == []


# source of main.py -> (name, scope, constructor, import string, factory)
SHAPES = {
    "module level": (
        "from fastapi import FastAPI\napp = FastAPI()\n",
        ("app", "", "fastapi.FastAPI", "main:app", False),
    ),
    "dotted import": (
        "import fastapi\napplication = fastapi.FastAPI()\n",
        ("application", "", "fastapi.FastAPI", "main:application", False),
    ),
    "aliased module": (
        "import fastapi as fa\napp_ = fa.FastAPI()\n",
        ("app_", "", "fastapi.FastAPI", "main:app_", False),
    ),
    "aliased class": (
        "from fastapi import FastAPI as API\napi = API()\n",
        ("api", "", "fastapi.FastAPI", "main:api", False),
    ),
    "submodule": (
        "from fastapi.applications import FastAPI\napp = FastAPI()\n",
        ("app", "", "fastapi.applications.FastAPI", "main:app", False),
    ),
    "star import": (
        "from fastapi import *\napp = FastAPI()\n",
        ("app", "", "fastapi.FastAPI", "main:app", False),
    ),
    "annotated assignment": (
        "from fastapi import FastAPI\napp: FastAPI = FastAPI(\n    title='x',\n)\n",
        ("app", "", "fastapi.FastAPI", "main:app", False),
    ),
    "chained assignment": (
        "from fastapi import FastAPI\napplication = app = FastAPI()\n",
        ("app", "", "fastapi.FastAPI", "main:app", False),
    ),
    "tuple assignment": (
        "from fastapi import FastAPI\napp, debug = FastAPI(), True\n",
        ("app", "", "fastapi.FastAPI", "main:app", False),
    ),
    "walrus": (
        "from fastapi import FastAPI\nprint(app := FastAPI())\n",
        ("app", "", "fastapi.FastAPI", "main:app", False),
    ),
    "import inside a try": (
        "try:\n    from fastapi import FastAPI\nexcept ImportError:\n    raise\napp = FastAPI()\n",
        ("app", "", "fastapi.FastAPI", "main:app", False),
    ),
    "factory": (
        "from fastapi import FastAPI\n\ndef create_app():\n    app = FastAPI()\n    return app\n",
        ("app", "create_app", "fastapi.FastAPI", "main:create_app", True),
    ),
    "factory that returns at once": (
        "from fastapi import FastAPI\n\ndef create_app() -> FastAPI:\n    return FastAPI()\n",
        ("", "create_app", "fastapi.FastAPI", "main:create_app", True),
    ),
    "import inside the factory": (
        "def create_app(debug=False, **options):\n    from fastapi import FastAPI\n    app = FastAPI()\n    return app\n",
        ("app", "create_app", "fastapi.FastAPI", "main:create_app", True),
    ),
    "factory and module level": (
        "from fastapi import FastAPI\n\ndef create_app():\n    app = FastAPI()\n    return app\n\napp = create_app()\n",
        ("app", "create_app", "fastapi.FastAPI", "main:app", False),
    ),
    "attribute of self": (
        (
            "from fastapi import FastAPI\n\nclass Server:\n    def __init__(self):\n        self.app = FastAPI()\n\n"
            "server = Server()\napp = server.app\n"
        ),
        ("self.app", "Server.__init__", "fastapi.FastAPI", "main:app", False),
    ),
    "class attribute": (
        "from fastapi import FastAPI\n\nclass Server:\n    app = FastAPI()\n\napp = Server.app\n",
        ("app", "Server", "fastapi.FastAPI", "main:app", False),
    ),
    "subclass made in the project": (
        "from fastapi import FastAPI\n\nclass ShopAPI(FastAPI):\n    pass\n\napp = ShopAPI()\n",
        ("app", "", "main.ShopAPI", "main:app", False),
    ),
    "f-string newer than 3.11": (
        "from fastapi import FastAPI\nname = f\"{'a' + f\"{'b'}\"}\"\napp = FastAPI(title=name)\n",
        ("app", "", "fastapi.FastAPI", "main:app", False),
    ),
    "starlette": (
        "from starlette.applications import Starlette\napp = Starlette()\n",
        ("app", "", "starlette.applications.Starlette", "main:app", False),
    ),
}


@pytest.mark.parametrize(("source", "expected"), SHAPES.values(), ids=SHAPES.keys())
def test_the_shapes_of_real_code(project: Write, source: Any, expected: Any) -> None:
    analysis = analyze(project({**REQUIREMENTS, "main.py": source}))
    found = choose_application(analysis)
    assert (found.name, found.scope, found.constructor, found.import_string, found.factory) == expected
    assert [item.line for item in analysis.applications] == [found.line]


def test_an_application_made_by_a_helper_in_another_module_is_served_from_where_it_is_named(
    project: Write,
) -> None:
    root = project(
        {
            **REQUIREMENTS,
            "app/__init__.py": "",
            "app/factory.py": "from fastapi import FastAPI\n\ndef build():\n    return FastAPI()\n",
            "app/create.py": "from .factory import build\n\ndef create_app():\n    app = build()\n    return app\n",
            "app/main.py": "from app.create import create_app\n\napp = create_app()\n",
        }
    )
    found = choose_application(analyze(root))
    assert (found.file, found.scope, found.name) == ("app/factory.py", "build", "")
    assert (found.import_string, found.factory) == ("app.main:app", False)


def test_a_subclass_two_files_away_is_an_application(project: Write) -> None:
    root = project(
        {
            **REQUIREMENTS,
            "app/__init__.py": "",
            "app/base.py": "from fastapi import FastAPI\n\nclass Base(FastAPI): ...\n",
            "app/api.py": "from app.base import Base\n\nclass ShopAPI(Base): ...\n",
            "app/main.py": "from app.api import ShopAPI\n\napplication = ShopAPI()\n",
        }
    )
    found = choose_application(analyze(root))
    assert (found.import_string, found.constructor) == ("app.main:application", "app.api.ShopAPI")
    assert found.framework == "fastapi"


def test_a_factory_with_a_conditional_return_has_every_site_and_one_meaning(project: Write) -> None:
    root = project(
        {
            **REQUIREMENTS,
            "main.py": """
            from fastapi import FastAPI

            def create_app(debug=False):
                if debug:
                    return FastAPI(debug=True)
                app = FastAPI()
                return app
            """,
        }
    )
    analysis = analyze(root)
    chosen = choose_application(analysis)
    assert chosen.import_string == "main:create_app"
    assert [(site.name, site.line) for site in application_sites(analysis, chosen)] == [("", 5), ("app", 6)]


def test_a_mounted_application_is_not_the_main_one(project: Write) -> None:
    root = project(
        {
            **REQUIREMENTS,
            "main.py": """
            from fastapi import FastAPI
            admin = FastAPI()
            app = FastAPI()

            @admin.get("/users")
            def users(): ...

            @app.get("/")
            def home(): ...

            app.mount("/admin", admin)
            """,
        }
    )
    analysis = analyze(root)
    assert [(item.name, item.mounted) for item in analysis.applications] == [("admin", True), ("app", False)]
    assert choose_application(analysis).name == "app"
    assert [endpoint.path for endpoint in analysis.endpoints] == ["/", "/admin/users"]


def test_an_application_mounted_in_a_loop_over_unknown_values_is_not_the_main_one(project: Write) -> None:
    root = project(
        {
            **REQUIREMENTS,
            "main.py": """
            from fastapi import FastAPI

            def part(name):
                inner = FastAPI(title=name)
                return inner

            def create(config):
                whole = FastAPI()
                for name in config["parts"]:
                    inner = part(name)
                    whole.mount(f"/{name}", inner)
                return whole
            """,
        }
    )
    assert choose_application(analyze(root)).name == "whole"


def test_an_application_that_only_a_test_mounts_stays_the_main_one(project: Write) -> None:
    test = (
        "from fastapi import FastAPI\nfrom main import app\nparent = FastAPI()\nparent.mount('/sub', app)\n"
    )
    root = project(
        {**REQUIREMENTS, "main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "tests/test_x.py": test}
    )
    analysis = analyze(root)
    assert [(item.file, item.mounted) for item in analysis.applications if not item.test_only] == [
        ("main.py", False)
    ]
    assert [item.app for item in analysis.entry_points if item.type == "api"] == ["main:app"]


def test_an_application_of_the_tests_is_never_chosen(project: Write) -> None:
    app = "from fastapi import FastAPI\napp = FastAPI()\n"
    root = project({**REQUIREMENTS, "main.py": app, "tests/conftest.py": app, "tests/test_x.py": app})
    analysis = analyze(root)
    assert [item.file for item in analysis.applications if not item.test_only] == ["main.py"]
    assert choose_application(analysis).file == "main.py"


def test_a_decoy_without_endpoints_is_left_for_the_one_that_has_some(project: Write) -> None:
    root = project(
        {
            **REQUIREMENTS,
            "core.py": "from fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/')\ndef home(): ...\n",
            "filters.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        }
    )
    assert choose_application(analyze(root)).file == "core.py"


TWO = {
    **REQUIREMENTS,
    "public.py": "from fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/')\ndef home(): ...\n",
    "admin.py": "from fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/')\ndef home(): ...\n",
}


def test_two_real_candidates_are_a_question(project: Write) -> None:
    with pytest.raises(UsageError, match=r"admin:app .*public:app") as caught:
        choose_application(analyze(project(TWO)))
    assert caught.value.exit_code == 2


def test_a_launch_command_answers_the_question(project: Write) -> None:
    root = project({**TWO, "Procfile": "web: uvicorn public:app --port $PORT\n"})
    assert choose_application(analyze(root)).file == "public.py"


def test_a_launch_command_that_goes_through_a_re_export_or_an_attribute_counts(project: Write) -> None:
    root = project(
        {
            **REQUIREMENTS,
            "shop/__init__.py": "from shop.web import application as app\n",
            "shop/web.py": "from fastapi import FastAPI\napplication = FastAPI()\n",
            "admin.py": "from fastapi import FastAPI\n\nclass Server:\n    def __init__(self):\n        self.api = FastAPI()\n\nserver = Server()\n",
            "Procfile": "web: uvicorn shop:app\nadmin: uvicorn admin:server.api\n",
        }
    )
    analysis = analyze(root)
    assert [item.import_string for item in analysis.applications] == ["admin:server.api", "shop:app"]


@pytest.mark.parametrize("choice", ["admin:app", "admin.py:app"])
def test_the_user_answers_the_question(project: Write, choice: Any) -> None:
    assert choose_application(analyze(project(TWO)), choice).file == "admin.py"


def test_a_choice_that_names_nothing_lists_what_there_is(project: Write) -> None:
    with pytest.raises(UsageError, match=r"nothing:app: no such application\n.*admin:app"):
        choose_application(analyze(project(TWO)), "nothing:app")


def test_no_application_is_an_error_with_a_way_on(project: Write) -> None:
    with pytest.raises(UsageError, match="--app"):
        choose_application(analyze(project({**REQUIREMENTS, "main.py": "import fastapi\n"})))


def test_services_with_their_own_manifests_are_a_monorepo(project: Write) -> None:
    app = "from fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/')\ndef home(): ...\n"
    root = project(
        {
            "services/users/pyproject.toml": '[project]\nname = "users"\nversion = "1"\ndependencies = ["fastapi"]\n',
            "services/users/app/__init__.py": "",
            "services/users/app/main.py": app,
            "services/orders/requirements.txt": "fastapi\n",
            "services/orders/app/main.py": app,
            "README.md": "",
        }
    )
    analysis = analyze(root)
    assert analysis.services == ["services/orders", "services/users"]
    assert [(item.file, item.module) for item in analysis.applications] == [
        ("services/orders/app/main.py", "app.main"),
        ("services/users/app/main.py", "app.main"),
    ]
    with pytest.raises(UsageError, match="--service: services/orders, services/users"):
        choose_application(analysis)
    one = analyze(root, service="services/users")
    assert (one.service_name, one.services, choose_application(one).file) == ("users", [], "app/main.py")


def test_an_unknown_service_names_the_known_ones(project: Write) -> None:
    root = project({"a/requirements.txt": "fastapi\n", "a/main.py": "import fastapi\n"})
    with pytest.raises(UsageError, match="a"):
        analyze(root, service="../outside")
