"""Endpoints of a Flask application, as its own `url_map` lists them: each expectation was booted once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codemods.analysis import analyze

if TYPE_CHECKING:
    from support.trees import Write


APP = (
    "from flask import Blueprint, Flask\nfrom flask.views import MethodView, View\n"
    "app = Flask('shop', static_folder=None)\nbp = Blueprint('bp', 'shop')\n"
)

NO_ENDPOINTS = {
    "a blueprint that is never registered": "@bp.route('/x')\ndef x(): ...\n",
    "a decorator in a docstring": '"""\n@app.route("/x")\ndef x(): ...\n"""\n',
    "hooks, handlers and filters": (
        "@app.before_request\ndef b(): ...\n\n@app.errorhandler(404)\ndef e(error): ...\n\n"
        "@app.template_filter('upper')\ndef f(text): ...\n\n@app.context_processor\ndef c(): return {}\n"
    ),
    "commands": "@app.cli.command('seed')\ndef seed(): ...\n",
    "a request of the test client": "client = app.test_client()\n\ndef ask():\n    client.get('/x')\n",
    "automatic methods alone": "@app.route('/x', methods=['OPTIONS'])\ndef x(): ...\n",
}


@pytest.mark.parametrize("source", NO_ENDPOINTS.values(), ids=NO_ENDPOINTS.keys())
def test_what_is_no_endpoint_is_not_counted(project: Write, source: Any) -> None:
    assert analyze(project({"main.py": APP + source})).endpoints == []


COUNTED = {
    "methods of the application": (
        "@app.get('/a')\ndef a(): ...\n\n@app.post('/a')\ndef b(): ...\n",
        [("GET", "/a"), ("POST", "/a")],
    ),
    "a route without methods is GET": ("@app.route('/a')\ndef a(): ...\n", [("GET", "/a")]),
    "methods in any case, the automatic ones left out": (
        "@app.route('/a', methods=('get', 'HEAD', 'Post', 'OPTIONS'))\ndef a(): ...\n",
        [("GET", "/a"), ("POST", "/a")],
    ),
    "several rules on one function": (
        "@app.route('/', defaults={'page': 1})\n@app.route('/page/<int:page>/', strict_slashes=False)\ndef a(page): ...\n",
        [("GET", "/"), ("GET", "/page/<int:page>/")],
    ),
    "rule by keyword": ("@app.route(rule='/a')\ndef a(): ...\n", [("GET", "/a")]),
    "added by a call": (
        "def a(): ...\n\napp.add_url_rule('/a', 'name', a, methods=['PUT'])\n",
        [("PUT", "/a")],
    ),
    "added by a call in a loop": (
        "def a(): ...\n\nfor rule in ('/a', '/b'):\n    app.add_url_rule(rule, rule[1:], a)\n",
        [("GET", "/a"), ("GET", "/b")],
    ),
    "a class view with its methods named": (
        (
            "class V(View):\n    methods = ['GET', 'POST']\n\n    def dispatch_request(self): ...\n\n"
            "app.add_url_rule('/v', view_func=V.as_view('v'))\n"
        ),
        [("GET", "/v"), ("POST", "/v")],
    ),
    "a class view without methods": (
        "class V(View):\n    def dispatch_request(self): ...\n\napp.add_url_rule('/v', view_func=V.as_view('v'))\n",
        [("GET", "/v")],
    ),
    "a method view, with those of its base": (
        (
            "class Base(MethodView):\n    def get(self): ...\n\nclass V(Base):\n    def delete(self): ...\n\n    def helper(self): ...\n\n"
            "view = V.as_view('v')\napp.add_url_rule('/v', view_func=view)\napp.add_url_rule('/w', view_func=view, methods=['GET'])\n"
        ),
        [("DELETE", "/v"), ("GET", "/v"), ("GET", "/w")],
    ),
    "a class view behind a decorator": (
        (
            "def private(function): return function\n\nclass V(MethodView):\n    def put(self): ...\n\n"
            "app.add_url_rule('/v', view_func=private(V.as_view('v')))\n"
        ),
        [("PUT", "/v")],
    ),
    "prefix of the blueprint": (
        "b = Blueprint('b', 'shop', url_prefix='/items')\n\n@b.get('/<int:id>')\ndef a(id): ...\n\n@b.post('')\ndef c(): ...\n\napp.register_blueprint(b)\n",
        [("POST", "/items"), ("GET", "/items/<int:id>")],
    ),
    "the prefix of the registration takes its place": (
        "b = Blueprint('b', 'shop', url_prefix='/items')\n\n@b.get('/x')\ndef a(): ...\n\napp.register_blueprint(b, url_prefix='/api/')\n",
        [("GET", "/api/x")],
    ),
    "a registration with no prefix leaves it": (
        "b = Blueprint('b', 'shop', url_prefix='/items')\n\n@b.get('/x')\ndef a(): ...\n\napp.register_blueprint(b, url_prefix=None)\n",
        [("GET", "/items/x")],
    ),
    "one slash between prefix and rule": (
        "@bp.get('/x')\ndef a(): ...\n\n@bp.get('/')\ndef c(): ...\n\napp.register_blueprint(bp, url_prefix='/v1/')\n",
        [("GET", "/v1/"), ("GET", "/v1/x")],
    ),
    "registered twice under two names": (
        "@bp.get('/x')\ndef a(): ...\n\napp.register_blueprint(bp, url_prefix='/a')\napp.register_blueprint(bp, name='two', url_prefix='/b')\n",
        [("GET", "/a/x"), ("GET", "/b/x")],
    ),
    "nested blueprints": (
        (
            "outer = Blueprint('outer', 'shop', url_prefix='/outer')\ninner = Blueprint('inner', 'shop', url_prefix='/inner')\n\n"
            "@inner.get('/x')\ndef a(): ...\n\nouter.register_blueprint(inner)\nouter.register_blueprint(inner, name='again', url_prefix='/other')\n"
            "app.register_blueprint(outer, url_prefix='/o')\n"
        ),
        [("GET", "/o/inner/x"), ("GET", "/o/other/x")],
    ),
    "static files of a blueprint": (
        (
            "a = Blueprint('a', 'shop', static_folder='files/pictures', url_prefix='/a')\n"
            "b = Blueprint('b', 'shop', static_folder='s', static_url_path='/assets')\n"
            "app.register_blueprint(a)\napp.register_blueprint(b)\n"
        ),
        [("GET", "/a/pictures/<path:filename>"), ("GET", "/assets/<path:filename>")],
    ),
    "a prefix that is formatted": (
        "V = 1\nVERSION = '2'\n\n@bp.get('/x')\ndef a(): ...\n\napp.register_blueprint(bp, url_prefix='/api/v{0}'.format(VERSION))\n",
        [("GET", "/api/v2/x")],
    ),
    "on what stands for the application": (
        "from flask import current_app\n\nwith app.app_context():\n    @current_app.get('/x')\n    def x(): ...\n",
        [("GET", "/x")],
    ),
    "in a function that is given the application": (
        "@bp.get('/y')\ndef b(): ...\n\ndef register(target):\n    target.register_blueprint(bp, url_prefix='/z')\n\nregister(app)\n",
        [("GET", "/z/y")],
    ),
}


@pytest.mark.parametrize(("source", "expected"), COUNTED.values(), ids=COUNTED.keys())
def test_method_and_rule_are_those_of_the_url_map(project: Write, source: Any, expected: Any) -> None:
    analysis = analyze(project({"main.py": APP + source}))
    assert [(item.method, item.path) for item in analysis.endpoints] == expected
    assert analysis.unseen == []


# Arguments of the constructor -> the path of static files.
STATIC = {
    "__name__": ["/static/<path:filename>"],
    "__name__, static_folder='build/web'": ["/web/<path:filename>"],
    "__name__, static_folder=os.path.join('build', 'site')": ["/site/<path:filename>"],
    "__name__, static_url_path='/files/'": ["/files/<path:filename>"],
    "__name__, static_url_path='', static_folder='x'": ["/<path:filename>"],
    "__name__, static_folder=None": [],
}


@pytest.mark.parametrize(("arguments", "expected"), STATIC.items(), ids=STATIC.keys())
def test_static_files_are_a_route_of_the_application(project: Write, arguments: Any, expected: Any) -> None:
    analysis = analyze(
        project({"main.py": f"import os\nfrom flask import Flask\napp = Flask({arguments})\n"})
    )
    assert [item.path for item in analysis.endpoints] == expected


def test_static_files_of_a_class_of_the_project_are_what_its_constructor_says(project: Write) -> None:
    source = (
        "from flask import Flask\n\nclass Shop(Flask):\n    def __init__(self, name):\n"
        "        super().__init__(name, static_folder=None)\n\napp = Shop('shop')\n"
    )
    assert analyze(project({"main.py": source})).endpoints == []


EXTENSIONS = {
    "Flask-RESTX: namespaces, documentation, specification": (
        (
            "from flask_restx import Api, Namespace, Resource\n"
            "api = Api(bp, prefix='/p', doc='/docs')\nns = api.namespace('pets')\nother = Namespace('other', path='/unused')\n\n"
            "@ns.route('/', '/all')\nclass L(Resource):\n    def get(self): ...\n\n    def post(self): ...\n\n"
            "@other.route('/z')\nclass Z(Resource):\n    def get(self): ...\n\n"
            "api.add_namespace(other, path='/q')\napp.register_blueprint(bp, url_prefix='/v1')\n"
        ),
        [
            ("GET", "/swaggerui/<path:filename>"),
            ("GET", "/v1/docs"),
            ("GET", "/v1/p"),
            ("GET", "/v1/p/pets/"),
            ("POST", "/v1/p/pets/"),
            ("GET", "/v1/p/pets/all"),
            ("POST", "/v1/p/pets/all"),
            ("GET", "/v1/p/q/z"),
            ("GET", "/v1/p/swagger.json"),
        ],
    ),
    "Flask-RESTX without documentation": (
        (
            "from flask_restx import Api, Resource\napi = Api(doc=False)\napi.init_app(app)\n\n"
            "class A(Resource):\n    def get(self): ...\n\napi.add_resource(A, '/a', '/b')\n"
        ),
        [
            ("GET", "/"),
            ("GET", "/a"),
            ("GET", "/b"),
            ("GET", "/swagger.json"),
            ("GET", "/swaggerui/<path:filename>"),
        ],
    ),
    "Flasgger, set up by a dictionary": (
        (
            "from flasgger import Swagger\n"
            "config = {'headers': [], 'specs': [{'endpoint': 's', 'route': '/spec.json'}], 'specs_route': '/', 'static_url_path': '/flasgger_static'}\n"
            "swagger = Swagger(app, config=config)\n"
        ),
        [
            ("GET", "/"),
            ("GET", "/apidocs/index.html"),
            ("GET", "/flasgger_static/<path:filename>"),
            ("GET", "/oauth2-redirect.html"),
            ("GET", "/spec.json"),
        ],
    ),
    "Flask-RESTful": (
        (
            "from flask_restful import Api, Resource\napi = Api(app, prefix='/api')\n\n"
            "class A(Resource):\n    def get(self, id=0): ...\n\n    def delete(self, id=0): ...\n\napi.add_resource(A, '/a', '/a/<int:id>')\n"
        ),
        [("DELETE", "/api/a"), ("GET", "/api/a"), ("DELETE", "/api/a/<int:id>"), ("GET", "/api/a/<int:id>")],
    ),
}


@pytest.mark.parametrize(("source", "expected"), EXTENSIONS.values(), ids=EXTENSIONS.keys())
def test_extensions_declare_routes_in_their_own_way(project: Write, source: Any, expected: Any) -> None:
    analysis = analyze(project({"main.py": APP + source}))
    assert [(item.method, item.path) for item in analysis.endpoints] == expected


def test_apiflask_is_flask_with_documentation(project: Write) -> None:
    source = (
        "from apiflask import APIBlueprint, APIFlask\napp = APIFlask('shop', docs_path='/reference')\n"
        "b = APIBlueprint('b', 'shop', url_prefix='/pets')\n\n@b.get('/<int:id>')\ndef pet(id): ...\n\napp.register_blueprint(b)\n"
    )
    analysis = analyze(project({"main.py": source}))
    assert analysis.framework == "flask"
    assert [item.path for item in analysis.endpoints] == [
        "/docs/oauth2-redirect",
        "/openapi.json",
        "/pets/<int:id>",
        "/reference",
        "/static/<path:filename>",
    ]


UNSEEN = {
    "views of an extension": (
        "from flask_admin import Admin\nadmin = Admin(app)\n",
        "main.py:6: Flask-Admin adds the routes of its views",
    ),
    "a blueprint from elsewhere": (
        "from company import status\napp.register_blueprint(status, url_prefix='/status')\n",
        "main.py:6: the included router `status` is made outside the code that was read",
    ),
    "a prefix that is computed": (
        "from company import prefix\n\n@bp.get('/x')\ndef x(): ...\n\napp.register_blueprint(bp, url_prefix=prefix())\n",
        "main.py:10: the prefix of an included router, `prefix`(), is known at run time only",
    ),
    "a blueprint that a hook registers": (
        "\ndef load(plugin_app):\n    plugin_app.register_blueprint(bp)\n\nhooks.add(load)\n",
        "main.py:7: `bp` is included in `plugin_app`, which reading does not lead to an application",
    ),
    "blueprints found by a loop over modules": (
        "from company import modules\n\nfor module in modules():\n    app.register_blueprint(module.bp)\n",
        "main.py:8: `register_blueprint` stands in a loop over values known at run time only",
    ),
}


@pytest.mark.parametrize(("source", "expected"), UNSEEN.values(), ids=UNSEEN.keys())
def test_what_reading_cannot_tell_is_said(project: Write, source: Any, expected: Any) -> None:
    assert analyze(project({"main.py": APP + source})).unseen == [expected]


def test_a_route_that_a_test_adds_is_not_the_services(project: Write) -> None:
    files = {
        "shop/__init__.py": "from flask import Flask\n\ndef create_app():\n    return Flask('shop', static_folder=None)\n",
        "tests/test_shop.py": "from shop import create_app\n\ndef test_it():\n    app = create_app()\n    app.add_url_rule('/x', 'x', print)\n",
    }
    assert analyze(project(files)).endpoints == []


def test_a_proxy_stands_for_nothing_where_there_are_two_applications(project: Write) -> None:
    source = (
        "from flask import Flask, current_app\n\none = Flask('one', static_folder=None)\ntwo = Flask('two', static_folder=None)\n\n"
        "@current_app.get('/x')\ndef x(): ...\n"
    )
    assert [item.endpoints for item in analyze(project({"main.py": source})).applications] == [0, 0]
