import sentry_sdk
from fastapi import FastAPI

sentry_sdk.init(dsn="https://public@sentry.example.org/1", traces_sample_rate=0)

app = FastAPI()


@app.get("/")
def index() -> str:
    return "ok"
