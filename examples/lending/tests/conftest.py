import pytest

from lending import create_app
from lending.database import db


@pytest.fixture
def app(tmp_path):
    app = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/test.db"})
    with app.app_context():
        db.create_all()
    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def book(client):
    return client.post("/books/", json={"title": "Emma", "author": "Austen"}).get_json()
