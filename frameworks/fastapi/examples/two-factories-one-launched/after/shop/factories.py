from fastapi import FastAPI

from shop.instrumentation.health import setup_health
from shop.instrumentation.logs import setup_logging
from shop.instrumentation.metrics import setup_metrics
from shop.instrumentation.tracing import setup_tracing
from shop.routers import items


def create_public() -> FastAPI:
    public = FastAPI(title="Shop")
    setup_logging()
    setup_tracing(public)
    setup_metrics(public)
    setup_health(public)
    public.include_router(items.router)
    return public


def create_admin() -> FastAPI:
    admin = FastAPI(title="Shop, administration")

    @admin.get("/stock")
    def stock() -> dict[str, int]:
        return {"lamp": 3}

    return admin
