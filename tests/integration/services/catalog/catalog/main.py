"""The application."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import redis.asyncio as redis
from fastapi import APIRouter, FastAPI, HTTPException

from catalog.database import Product, engine, prepare, session

logger = logging.getLogger(__name__)
cache = redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
router = APIRouter(prefix="/products")


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    if os.environ.get("PREPARE", "yes") == "yes":
        await prepare()
    yield
    await cache.aclose()
    await engine.dispose()


app = FastAPI(title="Catalog", lifespan=lifespan)


@router.get("/{product_id}")
async def read_product(product_id: int) -> dict[str, int | str]:
    name = await cache.get(f"product:{product_id}")
    if name is None:
        async with session() as transaction:
            product = await transaction.get(Product, product_id)
        if product is None:
            raise HTTPException(404, "no such product")
        name = product.name
        await cache.set(f"product:{product_id}", name, ex=60)
    logger.info("product read")
    return {"id": product_id, "name": name}


@router.get("/{product_id}/price")
async def read_price(product_id: int) -> dict[str, float]:
    async with httpx.AsyncClient(base_url=os.environ["PRICES_URL"], timeout=5) as client:
        answer = await client.get(f"/prices/{product_id}")
        answer.raise_for_status()
    return {"price": answer.json()["price"]}


@app.get("/broken")
async def broken() -> dict[str, str]:
    raise RuntimeError("this endpoint always fails")


app.include_router(router)
