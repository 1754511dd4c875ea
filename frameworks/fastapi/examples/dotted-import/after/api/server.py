import fastapi

from api.instrumentation.health import setup_health
from api.instrumentation.logs import setup_logging
from api.instrumentation.metrics import setup_metrics
from api.instrumentation.tracing import setup_tracing

app = fastapi.FastAPI(root_path="/api")
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.get("/time", response_class=fastapi.responses.PlainTextResponse)
def now() -> str:
    return "12:00"
