"""A shop with one shelf."""

from flask import Flask

from shop.instrumentation.health import setup_health
from shop.instrumentation.logs import setup_logging
from shop.instrumentation.metrics import setup_metrics
from shop.instrumentation.tracing import setup_tracing

app = Flask(__name__)
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)

_SHELF = {1: "lamp", 2: "chair"}


@app.get("/items")
def list_items():
    return {str(number): name for number, name in _SHELF.items()}


@app.route("/items/<int:item_id>", methods=["GET", "DELETE"])
def item(item_id):
    return {"name": _SHELF[item_id]}
