"""The web side: accounts, and the order to write a statement."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from psycopg_pool import ConnectionPool
from worker import write_statement

pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=2, timeout=2, open=False)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    pool.open()
    yield
    pool.close()


app = FastAPI(title="Ledger", lifespan=lifespan)


@app.get("/accounts/{name}")
def read_account(name: str) -> dict[str, str | int]:
    with pool.connection() as connection:
        row = connection.execute("SELECT length(%s)", [name]).fetchone()
    return {"name": name, "balance": row[0] if row else 0}


@app.post("/accounts/{name}/statements", status_code=202)
def order_statement(name: str) -> dict[str, str]:
    return {"task": write_statement.delay(name).id}


@app.get("/prices/{product_id}")
def read_price(product_id: int) -> dict[str, float]:
    with pool.connection() as connection:
        row = connection.execute("SELECT %s * 2.5", [product_id]).fetchone()
    return {"price": float(row[0]) if row else 0.0}
