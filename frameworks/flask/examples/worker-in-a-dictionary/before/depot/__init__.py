from celery import Celery
from flask import Flask


def create_app():
    app = Flask(__name__)
    app.extensions.update(celery=Celery("depot", broker="redis://localhost"))

    @app.get("/loads")
    def loads():
        return []

    return app
