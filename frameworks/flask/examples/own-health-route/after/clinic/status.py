from flask import Blueprint

status = Blueprint("status", __name__)


@status.route("/health", methods=["GET"])
def health():
    return {"status": "ok"}
