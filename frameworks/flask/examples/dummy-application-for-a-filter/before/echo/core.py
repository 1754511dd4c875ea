from flask import Flask, request

from . import texts

app = Flask(__name__, template_folder="pages")


@app.route("/anything", methods=["GET", "POST", "OPTIONS"])
def anything():
    return texts.shown(request.method)
