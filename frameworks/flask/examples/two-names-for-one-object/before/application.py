from flask import Flask

application = app = Flask(__name__)


@app.get("/")
def index():
    return "up"
