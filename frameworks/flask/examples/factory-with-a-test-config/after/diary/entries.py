from flask import Blueprint, jsonify, request

from diary.storage import connection

bp = Blueprint("entries", __name__, url_prefix="/entries")


@bp.get("")
def index():
    return jsonify(connection().execute("SELECT day, text FROM entry").fetchall())


@bp.post("/<day>")
def write(day):
    connection().execute("INSERT INTO entry VALUES (?, ?)", (day, request.get_data(as_text=True)))
    connection().commit()
    return "", 201
