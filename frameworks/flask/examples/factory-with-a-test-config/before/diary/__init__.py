import os

from flask import Flask


def create_app(test_config=None):
    """Make the diary; tests hand their settings over."""
    app = Flask(__name__, instance_relative_config=True)
    app.config.from_mapping(DATABASE=os.path.join(app.instance_path, "diary.sqlite"))
    if test_config is None:
        app.config.from_pyfile("config.py", silent=True)
    else:
        app.config.update(test_config)

    from . import entries, storage

    storage.init_app(app)
    app.register_blueprint(entries.bp)
    return app
