from fastapi import FastAPI

from app.instrumentation.laboratory import count

app = FastAPI()


@app.get("/")
def index() -> int:
    return count()
