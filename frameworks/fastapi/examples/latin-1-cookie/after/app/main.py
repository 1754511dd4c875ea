# -*- coding: latin-1 -*-
"""Zähler für das Café."""

from fastapi import FastAPI

from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing

app = FastAPI(title="Café")
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.get("/gäste")
def guests() -> int:
    return 3
