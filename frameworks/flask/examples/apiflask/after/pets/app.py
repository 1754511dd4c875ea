"""Pets."""

from apiflask import APIFlask

from pets.instrumentation.health import setup_health
from pets.instrumentation.logs import setup_logging
from pets.instrumentation.metrics import setup_metrics
from pets.instrumentation.tracing import setup_tracing
from pets.views import bp

app = APIFlask(__name__, title="Pets", docs_path="/reference")
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)
app.register_blueprint(bp)
