"""Endpoints as a client sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codemods.analysis import analyze

if TYPE_CHECKING:
    from pathlib import Path

    from support.trees import Write


APP = "from fastapi import FastAPI, APIRouter\napp = FastAPI()\nrouter = APIRouter()\n"


def seen(root: Path, **options: Any) -> list[tuple[str, str]]:
    return [(item.method, item.path) for item in analyze(root, **options).endpoints]


NO_ENDPOINTS = {
    "automatic documentation does not count": "",
    "a router that is never included": "@router.get('/x')\ndef x(): ...\n",
    "a decorator in a docstring": '"""\n@app.get("/x")\ndef x(): ...\n"""\n',
    "a method of something else": "import cache\nclient = cache.Client()\n\n@client.get('/x')\ndef x(): ...\n\nclient.post('/y')\n",
    "static files": "from fastapi.staticfiles import StaticFiles\napp.mount('/static', StaticFiles(directory='s'), name='s')\n",
    "middleware and handlers": "@app.middleware('http')\nasync def m(request, call_next): ...\n\n@app.exception_handler(ValueError)\ndef e(r, x): ...\n",
    "a call that is no decorator": "app.get('/x')\n",
    "a dictionary with the router's name": "routes = {}\nroutes.get('/x')\n",
}


@pytest.mark.parametrize("source", NO_ENDPOINTS.values(), ids=NO_ENDPOINTS.keys())
def test_what_is_no_endpoint_is_not_counted(project: Write, source: Any) -> None:
    analysis = analyze(project({"main.py": APP + source}))
    assert analysis.endpoints == []
    assert analysis.applications[0].endpoints == 0


COUNTED = {
    "methods of the application": (
        "@app.get('/a')\ndef a(): ...\n\n@app.post('/a')\ndef b(): ...\n",
        [("GET", "/a"), ("POST", "/a")],
    ),
    "one function with two paths": (
        "@app.get('/a')\n@app.get('/b')\ndef a(): ...\n",
        [("GET", "/a"), ("GET", "/b")],
    ),
    "path by keyword": ("@app.get(path='/a', tags=['x'])\ndef a(): ...\n", [("GET", "/a")]),
    "several methods": (
        "@app.api_route('/a', methods=['GET', 'post'])\ndef a(): ...\n",
        [("GET", "/a"), ("POST", "/a")],
    ),
    "methods without a list are GET": ("@app.api_route('/a')\ndef a(): ...\n", [("GET", "/a")]),
    "added by a call": (
        "def a(): ...\n\napp.add_api_route('/a', a, methods=['PUT'])\n",
        [("PUT", "/a")],
    ),
    "websockets apart": (
        "@app.websocket('/ws')\nasync def ws(socket): ...\n",
        [("WEBSOCKET", "/ws")],
    ),
    "prefix of the router": (
        "r = APIRouter(prefix='/items')\n\n@r.get('/{id}')\ndef a(): ...\n\napp.include_router(r)\n",
        [("GET", "/items/{id}")],
    ),
    "both prefixes": (
        "r = APIRouter(prefix='/items')\n\n@r.get('')\ndef a(): ...\n\napp.include_router(r, prefix='/api')\n",
        [("GET", "/api/items")],
    ),
    "nested routers": (
        (
            "r = APIRouter(prefix='/v1')\n\n@router.get('/x')\ndef a(): ...\n\n"
            "r.include_router(router, prefix='/in')\napp.include_router(r, prefix='/api')\n"
        ),
        [("GET", "/api/v1/in/x")],
    ),
    "included twice with two prefixes": (
        "@router.get('/x')\ndef a(): ...\n\napp.include_router(router, prefix='/v1')\napp.include_router(router, prefix='/v2')\n",
        [("GET", "/v1/x"), ("GET", "/v2/x")],
    ),
    "included before its routes are declared": (
        "app.include_router(router)\n\n@router.get('/x')\ndef a(): ...\n",
        [("GET", "/x")],
    ),
    "included in a loop": (
        (
            "r = APIRouter(prefix='/r')\n\n@r.get('/x')\ndef a(): ...\n\n@router.get('/y')\ndef b(): ...\n\n"
            "for item in (r, router):\n    app.include_router(item, prefix='/api')\n"
        ),
        [("GET", "/api/r/x"), ("GET", "/api/y")],
    ),
    "included in a loop over pairs": (
        (
            "ROUTERS = [(router, '/one'), (router, '/two')]\n\n@router.get('/y')\ndef b(): ...\n\n"
            "for item, prefix in ROUTERS:\n    app.include_router(item, prefix=prefix)\n"
        ),
        [("GET", "/one/y"), ("GET", "/two/y")],
    ),
    "included in a comprehension": (
        "@router.get('/y')\ndef b(): ...\n\n[app.include_router(r) for r in [router]]\n",
        [("GET", "/y")],
    ),
    "prefix by a constant": (
        "API = '/api'\n\n@router.get('/y')\ndef b(): ...\n\napp.include_router(router, prefix=API + '/v1')\n",
        [("GET", "/api/v1/y")],
    ),
    "prefix by an f-string": (
        "API = '/api'\n\n@router.get('/y')\ndef b(): ...\n\napp.include_router(router, prefix=f'{API}/v1')\n",
        [("GET", "/api/v1/y")],
    ),
    "prefix from the environment with a default": (
        "import os\n\n@router.get('/y')\ndef b(): ...\n\napp.include_router(router, prefix=os.getenv('P', '/p'))\n",
        [("GET", "/p/y")],
    ),
    "conditional": (
        "import os\n\n@router.get('/y')\ndef b(): ...\n\nif os.environ.get('DEBUG'):\n    app.include_router(router)\n",
        [("GET", "/y")],
    ),
    "inside a function that is given the application": (
        "@router.get('/y')\ndef b(): ...\n\ndef register(target):\n    target.include_router(router, prefix='/z')\n\nregister(app)\n",
        [("GET", "/z/y")],
    ),
    "inside a lifespan": (
        "@router.get('/y')\ndef b(): ...\n\nasync def lifespan(a):\n    app.include_router(router)\n    yield\n",
        [("GET", "/y")],
    ),
    "a router that a function makes": (
        "def make():\n    r = APIRouter(prefix='/m')\n\n    @r.get('/x')\n    def x(): ...\n\n    return r\n\napp.include_router(make())\n",
        [("GET", "/m/x")],
    ),
    "a decorator that is called": ("def a(): ...\n\napp.get('/a')(a)\n", [("GET", "/a")]),
    "an empty path is the root": ("@app.get('')\ndef a(): ...\n", [("GET", "/")]),
    "the same route twice is one": (
        "@app.get('/a')\ndef a(): ...\n\n@app.get('/a')\ndef b(): ...\n",
        [("GET", "/a")],
    ),
    "a router of a mounted application": (
        "sub = FastAPI()\n\n@router.get('/y')\ndef b(): ...\n\nsub.include_router(router, prefix='/in')\napp.mount('/sub', sub)\n",
        [("GET", "/sub/in/y")],
    ),
}


@pytest.mark.parametrize(("source", "expected"), COUNTED.values(), ids=COUNTED.keys())
def test_method_and_path_are_those_a_client_uses(project: Write, source: Any, expected: Any) -> None:
    analysis = analyze(project({"main.py": APP + source}))
    assert [(item.method, item.path) for item in analysis.endpoints] == expected
    assert analysis.unseen == []


STARLETTE = "from starlette.applications import Starlette\nfrom starlette.routing import Route, Mount, WebSocketRoute, Router\n"

TABLES = {
    "a table": (
        "app = Starlette(routes=[Route('/', home), Route('/x', x, methods=['POST', 'GET'])])\n",
        [("GET", "/"), ("GET", "/x"), ("POST", "/x")],
    ),
    "a named table": (
        "routes = [Route('/', home)]\napp = Starlette(debug=True, routes=routes)\n",
        [("GET", "/")],
    ),
    "a table of two lists": (
        "a = [Route('/a', x)]\napp = Starlette(routes=a + [Route('/b', x)])\n",
        [("GET", "/a"), ("GET", "/b")],
    ),
    "a table with a splat": (
        "a = [Route('/a', x)]\napp = Starlette(routes=[*a, Route('/b', x)])\n",
        [("GET", "/a"), ("GET", "/b")],
    ),
    "mounts inside": (
        "app = Starlette(routes=[Mount('/api', routes=[Route('/x', x), Mount('/v1', routes=[Route('/y', x)])])])\n",
        [("GET", "/api/v1/y"), ("GET", "/api/x")],
    ),
    "a mounted router": (
        "inner = Router(routes=[Route('/x', x)])\napp = Starlette(routes=[Mount('/r', app=inner)])\n",
        [("GET", "/r/x")],
    ),
    "a mounted application": (
        "app = Starlette(routes=[Mount('/sub', app=Starlette(routes=[Route('/x', x)]))])\n",
        [("GET", "/sub/x")],
    ),
    "websockets": ("app = Starlette(routes=[WebSocketRoute('/ws', x)])\n", [("WEBSOCKET", "/ws")]),
    "a class as endpoint": (
        (
            "class Thing:\n    async def get(self, request): ...\n    async def delete(self, request): ...\n\n"
            "app = Starlette(routes=[Route('/t', Thing)])\n"
        ),
        [("DELETE", "/t"), ("GET", "/t")],
    ),
    "an added route": ("app = Starlette()\napp.add_route('/x', x, methods=['PATCH'])\n", [("PATCH", "/x")]),
}


@pytest.mark.parametrize(("source", "expected"), TABLES.values(), ids=TABLES.keys())
def test_route_tables_are_read(project: Write, source: Any, expected: Any) -> None:
    analysis = analyze(project({"main.py": STARLETTE + source}))
    assert [(item.method, item.path) for item in analysis.endpoints] == expected
    assert analysis.framework == "starlette"
    assert sum(item.endpoints for item in analysis.applications if not item.mounted) == len(expected)


def test_routers_reach_the_application_through_the_project(project: Write) -> None:
    root = project(
        {
            "app/__init__.py": "",
            "app/main.py": """
            from fastapi import FastAPI
            from app.api import api_router as everything
            from app.config import settings
            from . import views

            app = FastAPI()
            app.include_router(everything, prefix=settings.API_PREFIX)
            """,
            "app/views.py": """
            from .main import app

            @app.get("/view")
            def view(): ...
            """,
            "app/config.py": """
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                API_PREFIX: str = "/api/v1"

            def get_settings() -> Settings:
                return Settings()

            settings = get_settings()
            """,
            "app/api/__init__.py": "from .router import api_router\n",
            "app/api/router.py": """
            from fastapi import APIRouter
            from app.api.endpoints import users, items as things

            api_router = APIRouter()
            api_router.include_router(users.router, prefix="/users")
            api_router.include_router(things.router, prefix="/items")
            """,
            "app/api/endpoints/__init__.py": "",
            "app/api/endpoints/users.py": "from fastapi import APIRouter\nrouter = APIRouter()\n\n@router.get('/')\ndef users(): ...\n",
            "app/api/endpoints/items.py": "import fastapi\nrouter = fastapi.APIRouter()\n\n@router.post('/')\ndef items(): ...\n",
        }
    )
    analysis = analyze(root)
    assert [(item.method, item.path, item.file, item.function) for item in analysis.endpoints] == [
        ("POST", "/api/v1/items/", "app/api/endpoints/items.py", "items"),
        ("GET", "/api/v1/users/", "app/api/endpoints/users.py", "users"),
        ("GET", "/view", "app/views.py", "view"),
    ]
    assert analysis.unseen == []


UNSEEN = {
    "a router of a library": (
        "import auth_kit\nauth = auth_kit.Auth()\napp.include_router(auth.get_router(), prefix='/auth')\n",
        "main.py:6: the included router `auth.get_router`() is made outside the code that was read",
    ),
    "a prefix known at run time": (
        "import plugin\n\n@router.get('/x')\ndef x(): ...\n\napp.include_router(router, prefix=plugin.PREFIX)\n",
        "main.py:9: the prefix of an included router, `plugin.PREFIX`, is known at run time only",
    ),
    "a loop over what is found at run time": (
        "import pkgutil\n\nfor module in pkgutil.iter_modules():\n    app.include_router(module.router)\n",
        "main.py:7: `include_router` stands in a loop over values known at run time only",
    ),
}


@pytest.mark.parametrize(("source", "note"), UNSEEN.values(), ids=UNSEEN.keys())
def test_what_cannot_be_seen_is_said(project: Write, source: Any, note: Any) -> None:
    assert analyze(project({"main.py": APP + source})).unseen == [note]


def test_routers_of_every_list_that_a_loop_can_run_over_count(project: Write) -> None:
    source = """
    from fastapi import APIRouter, FastAPI
    one = APIRouter()
    two = APIRouter()
    three = APIRouter()

    @one.get("/one")
    def first(): ...

    @two.get("/two")
    def second(): ...

    @three.get("/three")
    def third(): ...

    SMALL = [one]
    LARGE = [one, two]

    def create_app(small: bool = False):
        app = FastAPI()
        routers = SMALL if small else LARGE
        routers += [three]
        for router in routers:
            app.include_router(router)
        return app
    """
    assert [item.path for item in analyze(project({"main.py": source})).endpoints] == [
        "/one",
        "/three",
        "/two",
    ]


def test_routers_that_include_each_other_end(project: Write) -> None:
    source = "r = APIRouter(prefix='/r')\nr.include_router(router)\nrouter.include_router(r)\napp.include_router(r)\n\n@r.get('/x')\ndef x(): ...\n"
    assert seen(project({"main.py": APP + source})) == [("GET", "/r/x")]


def test_endpoints_are_left_out_on_request(project: Write) -> None:
    analysis = analyze(project({"main.py": APP + "@app.get('/a')\ndef a(): ...\n"}), detect_endpoints=False)
    assert (analysis.endpoints, analysis.applications[0].endpoints) == ([], 0)


def test_methods_of_a_subclass_reach_its_instances(project: Write) -> None:
    root = project(
        {
            "main.py": """
            from fastapi import FastAPI, APIRouter
            router = APIRouter()

            @router.get("/r")
            def r(): ...

            class Shop(FastAPI):
                def __init__(self):
                    super().__init__()
                    self.include_router(router)
                    self.add_api_route("/own", r)

            app = Shop()
            """,
        }
    )
    assert seen(root) == [("GET", "/own"), ("GET", "/r")]


def test_an_application_kept_by_a_class_has_its_routes(project: Write) -> None:
    root = project(
        {
            "main.py": """
            from fastapi import FastAPI

            class Server:
                def __init__(self):
                    self.app = FastAPI()
                    self.routes()

                def routes(self):
                    @self.app.get("/x")
                    def x(): ...

                    self.app.add_api_route("/y", self.y)

                def y(self): ...
            """,
        }
    )
    assert seen(root) == [("GET", "/x"), ("GET", "/y")]
