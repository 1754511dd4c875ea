from fastapi import FastAPI

from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing
from app.routes import routes


def create_app() -> FastAPI:
    """Build the API."""
    app = FastAPI(title="Quotes", routes=routes)  # routes carry their own prefixes
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)
    return app


app = create_app()
