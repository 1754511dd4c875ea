from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from music.database import engine, session
from music.instrumentation.health import setup_health
from music.instrumentation.logs import setup_logging
from music.instrumentation.metrics import setup_metrics
from music.instrumentation.tracing import setup_tracing
from music.models import Base, Track

Base.metadata.create_all(engine)

app = FastAPI(title="Music")
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.get("/tracks")
def tracks(db: Session = Depends(session)) -> list[str]:
    return list(db.scalars(select(Track.title)))
