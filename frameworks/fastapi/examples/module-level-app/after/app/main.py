"""The shop's API."""

from fastapi import FastAPI

from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing
from app.routers import items

app = FastAPI(title="Shop", version="1.4.0")
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)

app.include_router(items.router)


@app.get("/")
def index() -> dict[str, str]:
    return {"name": "shop"}
