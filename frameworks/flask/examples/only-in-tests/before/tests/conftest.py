import pytest
from flask import Flask

from flask_greetings import greet


@pytest.fixture
def app():
    app = Flask(__name__)
    greet(app)
    return app
