from fastapi import FastAPI
from sqlalchemy import text

from music import database

app = FastAPI(title="Music")


@app.get("/tracks")
def tracks() -> list[str]:
    with database.reader.connect() as connection:
        return list(connection.scalars(text("select title from tracks")))


@app.post("/tracks")
def add(title: str) -> None:
    with database.writer.begin() as connection:
        connection.execute(text("insert into tracks (title) values (:title)"), {"title": title})
