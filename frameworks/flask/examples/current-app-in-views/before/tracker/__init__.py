from flask import Flask


def create_app():
    """Make the application."""
    app = Flask(__name__)
    with app.app_context():
        from . import views  # noqa: F401

        return app
