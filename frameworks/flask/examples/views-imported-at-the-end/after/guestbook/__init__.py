from flask import Flask

from guestbook.instrumentation.health import setup_health
from guestbook.instrumentation.logs import setup_logging
from guestbook.instrumentation.metrics import setup_metrics
from guestbook.instrumentation.tracing import setup_tracing

app = Flask(__name__)
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)
app.config["TITLE"] = "Guests"

from guestbook import views  # noqa: E402, F401
