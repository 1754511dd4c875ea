"""The orders service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from orders.database import Base, engine
from orders.prices import make_client
from orders.routers import customers, orders


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Make the tables when the service starts, let the connections go when it stops."""
    Base.metadata.create_all(engine)
    with make_client() as app.state.pricing:
        yield
    engine.dispose()


app = FastAPI(title="Orders", version="1.0.0", lifespan=lifespan)
app.include_router(customers.router)
app.include_router(orders.router)


@app.get("/", include_in_schema=False)
def index() -> dict[str, str]:
    """Say who is answering."""
    return {"service": "orders", "documentation": "/docs"}
