import os

from fastapi import FastAPI

from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing

if os.environ.get("DEBUG"):
    app = FastAPI(debug=True)
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)
else:
    app = FastAPI(openapi_url=None)
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)


@app.get("/items")
def items() -> list[str]:
    return []
