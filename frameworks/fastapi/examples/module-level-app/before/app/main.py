"""The shop's API."""

from fastapi import FastAPI

from app.routers import items

app = FastAPI(title="Shop", version="1.4.0")

app.include_router(items.router)


@app.get("/")
def index() -> dict[str, str]:
    return {"name": "shop"}
