from flask import Blueprint, Flask
from flask_restx import Api

from library.books import books

blueprint = Blueprint("v1", __name__, url_prefix="/v1")
api = Api(blueprint, doc="/reference")
api.add_namespace(books)


def create_app():
    app = Flask(__name__)
    app.register_blueprint(blueprint)
    return app
