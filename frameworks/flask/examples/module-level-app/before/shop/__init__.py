"""A shop with one shelf."""

from flask import Flask

app = Flask(__name__)

_SHELF = {1: "lamp", 2: "chair"}


@app.get("/items")
def list_items():
    return {str(number): name for number, name in _SHELF.items()}


@app.route("/items/<int:item_id>", methods=["GET", "DELETE"])
def item(item_id):
    return {"name": _SHELF[item_id]}
