from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from music.database import engine, session
from music.models import Base, Track

Base.metadata.create_all(engine)

app = FastAPI(title="Music")


@app.get("/tracks")
def tracks(db: Session = Depends(session)) -> list[str]:
    return list(db.scalars(select(Track.title)))
