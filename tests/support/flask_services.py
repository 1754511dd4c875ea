"""Flask services of a few lines, with the rendered instrumentation and its calls written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.rendered import packages, project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.running import Project

SERVER = ["flask", "run", "--port", "{port}"]
ENVIRONMENT = {"FLASK_APP": "app.main"}
IMPORTS = """
from app.instrumentation.health import add_check, setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing
"""
SETUP = """
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)
"""
# What stands in the way of a request in real services: guards, prefixes, error handlers, files and streams.
MAIN = f"""
from flask import Blueprint, Flask, Response, abort, request, send_file
from opentelemetry import trace
from werkzeug.middleware.proxy_fix import ProxyFix
{IMPORTS}

app = Flask(__name__)
{SETUP}
app.wsgi_app = ProxyFix(app.wsgi_app)
tracer = trace.get_tracer("shop")


@app.before_request
def guard():
    if request.headers.get("X-Forbidden") or request.path in ("/health", "/ready", "/metrics"):
        abort(401)


@app.route("/")
def root():
    app.logger.info("asked for the root")
    return "root"


@app.errorhandler(LookupError)
def gone(error):
    return "gone", 410


orders = Blueprint("orders", __name__, url_prefix="/orders")


@orders.route("/<int:order_id>", methods=["GET", "DELETE"])
def order(order_id):
    if order_id == 404:
        abort(404)
    if order_id == 410:
        raise LookupError("gone")
    if order_id == 500:
        raise RuntimeError("no such luck")
    return str(order_id)


@orders.route("/all/")
def all_orders():
    return "all"


app.register_blueprint(orders, url_prefix="/api/orders")


@app.route("/stream")
def stream():
    def parts():
        for number in range(2):
            with tracer.start_as_current_span("part"):
                part = str(number)
            yield part

    return Response(parts())


@app.route("/broken-stream")
def broken_stream():
    def parts():
        yield "0"
        raise RuntimeError("half way")

    return Response(parts())


@app.route("/file")
def file():
    return send_file(__file__)
"""


def flask_project(
    directory: Path,
    files: Mapping[str, str],
    requirements: list[str],
    **answers: Any,
) -> Project:
    """Write a Flask service of package ``app`` with the rendered files beside it; every trace is kept."""
    return project(
        directory,
        files,
        {"framework": "flask", "sampling_rate": 1.0, **answers},
        [*packages("config", "logging", "tracing", "metrics", "profiling"), *requirements],
    )
