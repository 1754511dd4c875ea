from flask import Blueprint

bp = Blueprint("boards", __name__)


@bp.route("/<name>")
def show(name: str) -> str:
    return name
