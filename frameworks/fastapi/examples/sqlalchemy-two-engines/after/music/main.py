from fastapi import FastAPI
from sqlalchemy import text

from music import database
from music.instrumentation.health import setup_health

app = FastAPI(title="Music")
setup_health(app)


@app.get("/tracks")
def tracks() -> list[str]:
    with database.reader.connect() as connection:
        return list(connection.scalars(text("select title from tracks")))


@app.post("/tracks")
def add(title: str) -> None:
    with database.writer.begin() as connection:
        connection.execute(text("insert into tracks (title) values (:title)"), {"title": title})
