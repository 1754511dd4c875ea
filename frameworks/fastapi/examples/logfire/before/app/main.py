import logfire
from fastapi import FastAPI

app = FastAPI()
logfire.configure()
logfire.instrument_fastapi(app)


@app.get("/")
def index() -> str:
    return "ok"
