from __future__ import annotations

import httpx
from fastapi import BackgroundTasks, FastAPI

from letterbox.instrumentation.health import setup_health
from letterbox.instrumentation.logs import setup_logging
from letterbox.instrumentation.metrics import setup_metrics
from letterbox.instrumentation.tracing import setup_tracing
from letterbox.models import Letter

app = FastAPI(title="Letterbox")
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


async def forward(letter: Letter) -> None:
    async with httpx.AsyncClient(timeout=5) as client:
        await client.post("https://sorting.example.org/letters", json=letter.model_dump())


@app.post("/letters", status_code=202)
async def take(letter: Letter, tasks: BackgroundTasks) -> None:
    tasks.add_task(forward, letter)
