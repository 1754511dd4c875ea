from fastapi import FastAPI

from app.api import v1, v2
from app.instrumentation.tracing import setup_tracing

app = FastAPI()
setup_tracing(app)
app.include_router(v1.router, prefix="/api/v1")
app.include_router(v2.router, prefix="/api/v2")
