from fastapi import FastAPI

from app.instrumentation import count

app = FastAPI()


@app.get("/")
def index() -> int:
    return count()
