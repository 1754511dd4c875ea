from fastapi import FastAPI

from app import monitoring

app = FastAPI()
app.include_router(monitoring.router)
