from flask import Flask

from .api import api


def create_app():
    app = Flask(__name__)
    app.register_blueprint(api, url_prefix="/api")
    app.register_blueprint(api, name="old_api", url_prefix="/legacy")
    return app
