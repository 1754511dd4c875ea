from flask import Blueprint

menu = Blueprint("menu", __name__)


@menu.get("/today")
def today():
    return "soup"
