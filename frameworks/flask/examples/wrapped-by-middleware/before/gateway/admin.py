from flask import Flask

admin = Flask(__name__)


@admin.get("/")
def home():
    return "staff only"
