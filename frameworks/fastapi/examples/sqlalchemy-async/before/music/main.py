from fastapi import FastAPI
from sqlalchemy import select

from music.database import sessions
from music.models import Track

app = FastAPI(title="Music")


@app.get("/tracks")
async def tracks() -> list[str]:
    async with sessions() as db:
        return list(await db.scalars(select(Track.title)))
