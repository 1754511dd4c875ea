"""Builds the application; tests build their own."""

from fastapi import FastAPI

from shop.routers import items
from shop.settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    settings = settings or Settings()
    app = FastAPI(
        title=settings.title,
        docs_url="/docs" if settings.debug else None,
    )
    app.state.settings = settings
    app.include_router(items.router)
    return app
