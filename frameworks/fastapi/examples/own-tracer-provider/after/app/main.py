from fastapi import FastAPI
from opentelemetry import trace

from app import telemetry
from app.instrumentation.tracing import setup_tracing

telemetry.start()
tracer = trace.get_tracer(__name__)
app = FastAPI()
setup_tracing(app)


@app.get("/price")
def price() -> float:
    with tracer.start_as_current_span("calculate"):
        return 9.5
