from flask import Flask

app = Flask(__name__)
app.config["TITLE"] = "Guests"

from guestbook import views  # noqa: E402, F401
