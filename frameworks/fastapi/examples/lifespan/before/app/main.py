from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis.asyncio as redis
from fastapi import FastAPI, Request


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.cache = redis.from_url("redis://localhost:6379/0")
    yield
    await app.state.cache.aclose()


app = FastAPI(lifespan=lifespan)


@app.get("/visits")
async def visits(request: Request) -> int:
    return await request.app.state.cache.incr("visits")
