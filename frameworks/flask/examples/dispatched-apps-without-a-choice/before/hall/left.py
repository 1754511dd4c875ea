from flask import Flask

left = Flask(__name__)


@left.get("/")
def door():
    return "left"
