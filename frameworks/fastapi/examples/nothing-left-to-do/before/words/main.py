from fastapi import FastAPI

from words import metrics

app = FastAPI()
app.include_router(metrics.router)
