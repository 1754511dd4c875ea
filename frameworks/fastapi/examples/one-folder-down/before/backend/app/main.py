"""The back end."""

from fastapi import FastAPI

from app.api import router

app = FastAPI(title="Back end")
app.include_router(router, prefix="/api")
