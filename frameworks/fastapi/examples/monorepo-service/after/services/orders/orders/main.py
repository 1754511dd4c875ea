from fastapi import FastAPI

from orders.instrumentation.health import setup_health
from orders.instrumentation.logs import setup_logging
from orders.instrumentation.metrics import setup_metrics
from orders.instrumentation.tracing import setup_tracing

app = FastAPI()
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.get("/words")
def words() -> list[str]:
    return ["a", "b"]
