"""A service with one endpoint that does nothing and one that asks a database."""

from fastapi import FastAPI
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool

app = FastAPI()
engine = create_engine("sqlite://", poolclass=StaticPool)


@app.get("/plain/{number}")
async def plain(number: int):
    return {"number": number}


@app.get("/query/{number}")
async def query(number: int):
    with engine.connect() as connection:
        return {"number": connection.execute(text("SELECT :n"), {"n": number}).scalar()}
