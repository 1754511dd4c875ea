from flask import Blueprint

api = Blueprint("api", __name__, url_prefix="/not-used")
stalls = Blueprint("stalls", __name__, url_prefix="/stalls")


@stalls.route("/<int:stall_id>/", strict_slashes=False)
def stall(stall_id):
    return {"id": stall_id}


api.register_blueprint(stalls)
