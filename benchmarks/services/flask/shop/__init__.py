"""A service with one endpoint that does nothing and one that asks a database."""

from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool

app = Flask(__name__)
engine = create_engine("sqlite://", poolclass=StaticPool)


@app.get("/plain/<int:number>")
def plain(number):
    return {"number": number}


@app.get("/query/<int:number>")
def query(number):
    with engine.connect() as connection:
        return {"number": connection.execute(text("SELECT :n"), {"n": number}).scalar()}
