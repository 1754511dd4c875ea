from flask import Flask

from board.settings import Production, Testing


def create_app(settings=Production, *, bare: bool = False) -> Flask:
    app: Flask = Flask("board", static_folder=None)
    app.config.from_object(settings)
    if bare or settings is Testing:
        return app

    from board.views import bp

    app.register_blueprint(bp, url_prefix="/boards")
    return app
