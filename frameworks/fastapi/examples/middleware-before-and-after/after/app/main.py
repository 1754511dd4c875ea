import time

from fastapi import FastAPI, Request
from fastapi.middleware import Middleware
from fastapi.middleware.cors import CORSMiddleware

from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing

middleware = [Middleware(CORSMiddleware, allow_origins=["https://shop.example.org"])]

app = FastAPI(middleware=middleware)
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.middleware("http")
async def timing(request: Request, call_next):
    start = time.perf_counter()
    response = await call_next(request)
    response.headers["Server-Timing"] = f"app;dur={(time.perf_counter() - start) * 1000:.1f}"
    return response


@app.get("/ping-pong")
async def ping() -> str:
    return "pong"
