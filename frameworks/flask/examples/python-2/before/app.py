from flask import Flask, request

app = Flask(__name__)


@app.route("/")
def index():
    try:
        return request.args["name"]
    except KeyError, error:
        print error
        return "nobody"
