import time

from fastapi import FastAPI, Request
from fastapi.middleware import Middleware
from fastapi.middleware.cors import CORSMiddleware

middleware = [Middleware(CORSMiddleware, allow_origins=["https://shop.example.org"])]

app = FastAPI(middleware=middleware)


@app.middleware("http")
async def timing(request: Request, call_next):
    start = time.perf_counter()
    response = await call_next(request)
    response.headers["Server-Timing"] = f"app;dur={(time.perf_counter() - start) * 1000:.1f}"
    return response


@app.get("/ping-pong")
async def ping() -> str:
    return "pong"
