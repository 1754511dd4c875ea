from fastapi import FastAPI

from app.api import v1, v2

app = FastAPI()
app.include_router(v1.router, prefix="/api/v1")
app.include_router(v2.router, prefix="/api/v2")
