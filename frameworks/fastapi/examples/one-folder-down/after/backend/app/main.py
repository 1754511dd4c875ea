"""The back end."""

from fastapi import FastAPI

from app.api import router
from app.instrumentation.tracing import setup_tracing

app = FastAPI(title="Back end")
setup_tracing(app)
app.include_router(router, prefix="/api")
