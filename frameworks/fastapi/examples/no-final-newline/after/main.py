from fastapi import FastAPI

from instrumentation.health import setup_health
from instrumentation.logs import setup_logging
from instrumentation.metrics import setup_metrics
from instrumentation.tracing import setup_tracing
from routes import router

app = FastAPI(); setup_logging(); setup_tracing(app); setup_metrics(app); setup_health(app); app.include_router(router)