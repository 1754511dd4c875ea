from fastapi import FastAPI
from loguru import logger

app = FastAPI()


@app.get("/")
def index() -> str:
    logger.info("somebody came")
    return "ok"
