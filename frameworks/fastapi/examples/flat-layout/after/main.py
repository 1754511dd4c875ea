import sqlite3

from fastapi import FastAPI

import notes
from instrumentation.health import setup_health
from instrumentation.logs import setup_logging
from instrumentation.metrics import setup_metrics
from instrumentation.tracing import setup_tracing

app = FastAPI()
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.get("/notes")
def list_notes():
    return notes.all()


@app.put("/notes/{key}")
def put_note(key: str, text: str):
    try:
        notes.put(key, text)
    except sqlite3.IntegrityError:
        return {"stored": False}
    return {"stored": True}
