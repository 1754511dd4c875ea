"""What all our services share."""

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from shop.instrumentation.health import setup_health
from shop.instrumentation.logs import setup_logging
from shop.instrumentation.metrics import setup_metrics
from shop.instrumentation.tracing import setup_tracing


def make_web(title: str) -> FastAPI:
    web = FastAPI(title=title)
    setup_logging()
    setup_tracing(web)
    setup_metrics(web)
    setup_health(web)
    web.add_middleware(GZipMiddleware)
    return web
