from flask import Flask

from store.extensions import cache, db
from store.orders import bp


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://localhost/store"
    app.config["CACHE_TYPE"] = "SimpleCache"
    db.init_app(app)
    cache.init_app(app)
    app.register_blueprint(bp)
    return app
