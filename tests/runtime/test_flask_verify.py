"""`verify` proves a Flask service however it is laid out and started, and says why when set-up is in a wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.applied import applied

from codemods.operation import Options, execute

if TYPE_CHECKING:
    from pathlib import Path

    from support.applied import Applied

pytestmark = pytest.mark.runtime

MODULE = """
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text
from werkzeug.routing import BaseConverter


class RegexConverter(BaseConverter):
    def __init__(self, url_map, *items):
        super().__init__(url_map)
        self.regex = items[0]


app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///:memory:"
app.url_map.converters["regex"] = RegexConverter
db = SQLAlchemy(app)


@app.route("/items/<int:item_id>")
def item(item_id):
    app.logger.info("asked for %s", item_id)
    return str(db.session.execute(text("SELECT 1")).scalar())


@app.get("/keys/<uuid:key>/<path:rest>")
def key(key, rest):
    return "key"


@app.get("/<any(en, de):language>/about/")
def about(language):
    return language


@app.get('/years/<regex("[0-9]{4}"):year>')
def year(year):
    return year
"""
FACTORY = """
from flask import Flask

from .views import shop


def create_app(test_config=None):
    app = Flask(__name__)
    if test_config:
        app.config.update(test_config)
    app.register_blueprint(shop, url_prefix="/shop")
    return app
"""
VIEWS = """
from flask import Blueprint, current_app

shop = Blueprint("shop", __name__)


@shop.route("/orders/<int:order_id>")
def order(order_id):
    current_app.logger.info("an order")
    return "order"
"""
GUNICORN = "gunicorn app.main:app -w 2 --bind=127.0.0.1:{port}"
REQUIREMENTS = ["flask>=3.1", "flask-sqlalchemy>=3.1", "gunicorn", "waitress"]


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Applied:
    files = {"app/__init__.py": "", "app/main.py": MODULE}
    return applied(tmp_path_factory.mktemp("verify") / "shop", files, REQUIREMENTS)


def proof_of(service: Applied, **parameters: Any) -> Any:
    return execute("verify", str(service.directory), {"python": str(service.python), **parameters}, Options())


@pytest.mark.parametrize(
    "launch",
    [
        pytest.param("", id="flask run"),
        pytest.param(GUNICORN, id="gunicorn"),
        pytest.param(f"{GUNICORN} --preload --threads 4", id="gunicorn --preload, gthread"),
        pytest.param("waitress-serve --listen=127.0.0.1:{port} app.main:app", id="waitress"),
    ],
)
def test_a_service_is_proven_however_it_is_started(module: Applied, launch: str) -> None:
    proof = proof_of(module, **({"launch": launch} if launch else {}))
    assert proof.success, (proof.errors, proof.data.get("output"))
    assert {check["outcome"] for check in proof.data["checks"]} == {"passed"}, proof.data["checks"]
    names = {span["name"] for span in proof.data["spans"] if span["kind"] == "server"}
    assert {
        "GET /items/<int:item_id>",
        "GET /keys/<uuid:key>/<path:rest>",
        "GET /<any(en, de):language>/about/",
        'GET /years/<regex("[0-9]{4}"):year>',
    } <= names
    routed = [request for request in proof.data["requests"] if request["purpose"] == "route"]
    assert {request["status"] for request in routed if "static" not in request["route"]} == {200}


@pytest.mark.parametrize("version", [">=3.1", "==2.0.3"])
def test_a_factory_below_src_is_proven(tmp_path: Path, version: str) -> None:
    files = {"src/store/__init__.py": FACTORY, "src/store/views.py": VIEWS}
    werkzeug = ["werkzeug==2.0.3"] if version == "==2.0.3" else []
    service = applied(tmp_path / "shop", files, [f"flask{version}", *werkzeug])
    proof = proof_of(service)
    assert proof.success, (proof.errors, proof.data.get("output"))
    assert {check["outcome"] for check in proof.data["checks"]} == {"passed"}, proof.data["checks"]


CALLS = ("setup_logging()", "setup_tracing(app)", "setup_metrics(app)", "setup_health(app)")


@pytest.mark.parametrize(
    ("place", "scope"),
    [
        pytest.param("@app.before_request\ndef first():\n", "first", id="into a hook"),
        pytest.param('@app.get("/start")\ndef start():\n', "start", id="into a view"),
    ],
)
def test_set_up_that_is_moved_to_where_it_comes_too_late_fails_with_the_reason(
    tmp_path: Path, place: str, scope: str
) -> None:
    files = {"app/__init__.py": "", "app/main.py": MODULE}
    service = applied(tmp_path / "shop", files, REQUIREMENTS)
    main = service.directory / "app/main.py"
    source = main.read_text()
    for call in CALLS:
        assert f"\n{call}\n" in source
        source = source.replace(f"\n{call}\n", "\n", 1)
    body = "".join(f"    {call}\n" for call in CALLS)
    main.write_text(f"{source}\n\n{place}{body}")

    proof = proof_of(service)

    assert not proof.success
    (placed,) = (check for check in proof.data["checks"] if check["name"].startswith("set-up comes before"))
    assert placed["outcome"] == "failed"
    assert f"in {scope} (app/main.py:" in placed["detail"]
    assert "directly behind `app = Flask(...)` in app/main.py" in placed["advice"]
    assert "middleware" not in "".join(proof.errors)
