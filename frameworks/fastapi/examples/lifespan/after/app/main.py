from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis.asyncio as redis
from fastapi import FastAPI, Request

from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.cache = redis.from_url("redis://localhost:6379/0")
    yield
    await app.state.cache.aclose()


app = FastAPI(lifespan=lifespan)
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.get("/visits")
async def visits(request: Request) -> int:
    return await request.app.state.cache.incr("visits")
