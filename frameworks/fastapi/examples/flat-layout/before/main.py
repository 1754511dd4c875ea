import sqlite3

from fastapi import FastAPI

import notes

app = FastAPI()


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
