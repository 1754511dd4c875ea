#!/usr/bin/env python3
"""Tells the time."""
import datetime

import flask

from instrumentation.health import setup_health
from instrumentation.logs import setup_logging
from instrumentation.metrics import setup_metrics
from instrumentation.tracing import setup_tracing

app = flask.Flask(__name__)
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.route("/now")
def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


if __name__ == "__main__":
    app.run(debug=True, port=5001)
