from typing import Final

from fastapi import FastAPI

from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing

VERSION: Final = "2.1"
app: Final[FastAPI] = FastAPI(version=VERSION)
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.get("/version")
async def version() -> str:
    return VERSION
