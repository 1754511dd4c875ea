from fastapi import FastAPI

from app import monitoring
from app.instrumentation.health import setup_health

app = FastAPI()
setup_health(app)
app.include_router(monitoring.router)
