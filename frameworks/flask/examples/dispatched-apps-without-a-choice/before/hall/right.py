from flask import Flask

right = Flask(__name__)


@right.get("/")
def door():
    return "right"
