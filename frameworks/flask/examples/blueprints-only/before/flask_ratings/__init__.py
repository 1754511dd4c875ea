from flask import Blueprint

ratings = Blueprint("ratings", __name__, url_prefix="/ratings")


@ratings.get("/<int:number>")
def rating(number):
    return {"stars": number % 5}


class Ratings:
    def init_app(self, app):
        app.register_blueprint(ratings)
