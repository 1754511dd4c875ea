from flask import Flask

# Only for its filters.
app = Flask(__name__)


def shown(text):
    return app.jinja_env.from_string("{{ text | upper }}").render(text=text)
