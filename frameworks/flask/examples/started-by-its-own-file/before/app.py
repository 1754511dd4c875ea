#!/usr/bin/env python3
"""Tells the time."""
import datetime

import flask

app = flask.Flask(__name__)


@app.route("/now")
def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


if __name__ == "__main__":
    app.run(debug=True, port=5001)
