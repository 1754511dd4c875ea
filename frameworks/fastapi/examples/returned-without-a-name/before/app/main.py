from fastapi import FastAPI

from app.routes import routes


def create_app() -> FastAPI:
    """Build the API."""
    return FastAPI(title="Quotes", routes=routes)  # routes carry their own prefixes


app = create_app()
