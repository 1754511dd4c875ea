from starlette.applications import Starlette
from starlette.routing import Mount

from app.api import api
from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing

app = Starlette(routes=[Mount("/api", app=api)])
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)
