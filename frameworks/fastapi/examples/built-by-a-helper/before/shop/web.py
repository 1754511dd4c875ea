"""What all our services share."""

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware


def make_web(title: str) -> FastAPI:
    web = FastAPI(title=title)
    web.add_middleware(GZipMiddleware)
    return web
