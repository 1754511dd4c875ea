"""The service."""

import os

import psycopg
import redis
from fastapi import FastAPI

app = FastAPI()
cache = redis.Redis.from_url(os.environ.get("REDIS_URL", "redis://localhost:6379/0"))
DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://localhost/shelf")


@app.get("/books")
def books() -> dict[str, int]:
    """Count the books, and the times that somebody asked."""
    with psycopg.connect(DATABASE_URL) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS books (title text)")
        connection.execute("INSERT INTO books VALUES ('A book')")
        row = connection.execute("SELECT count(*) FROM books").fetchone()
    return {"books": row[0] if row else 0, "asked": int(cache.incr("asked"))}


@app.get("/whoami")
def whoami() -> dict[str, int]:
    """Say as whom the service runs."""
    return {"uid": os.getuid()}
