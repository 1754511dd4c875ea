"""Builds the application; tests build their own."""

from fastapi import FastAPI

from shop.instrumentation.health import setup_health
from shop.instrumentation.logs import setup_logging
from shop.instrumentation.metrics import setup_metrics
from shop.instrumentation.tracing import setup_tracing
from shop.routers import items
from shop.settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    settings = settings or Settings()
    app = FastAPI(
        title=settings.title,
        docs_url="/docs" if settings.debug else None,
    )
    setup_logging()
    setup_tracing(app)
    setup_metrics(app)
    setup_health(app)
    app.state.settings = settings
    app.include_router(items.router)
    return app
