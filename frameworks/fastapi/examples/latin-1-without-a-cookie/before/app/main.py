"""Zähler."""

from fastapi import FastAPI

app = FastAPI(title="Café")


@app.get("/guests")
def guests() -> int:
    return 3
