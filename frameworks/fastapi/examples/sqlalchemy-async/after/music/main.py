from fastapi import FastAPI
from sqlalchemy import select

from music.database import sessions
from music.instrumentation.health import setup_health
from music.instrumentation.logs import setup_logging
from music.instrumentation.metrics import setup_metrics
from music.instrumentation.tracing import setup_tracing
from music.models import Track

app = FastAPI(title="Music")
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.get("/tracks")
async def tracks() -> list[str]:
    async with sessions() as db:
        return list(await db.scalars(select(Track.title)))
