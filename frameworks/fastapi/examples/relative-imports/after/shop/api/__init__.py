from fastapi import FastAPI

from ..instrumentation.health import setup_health
from ..instrumentation.logs import setup_logging
from ..instrumentation.metrics import setup_metrics
from ..instrumentation.tracing import setup_tracing
from ..stock import count
from .errors import install

app = FastAPI()
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)
install(app)


@app.get("/stock/{name}")
def stock(name: str) -> int:
    return count(name)
