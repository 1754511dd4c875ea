from fastapi import FastAPI

from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing

app = FastAPI()
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.get("/words")
def words() -> list[str]:
    return ["a", "b"]
