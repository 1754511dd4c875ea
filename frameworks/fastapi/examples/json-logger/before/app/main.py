import logging

from fastapi import FastAPI
from pythonjsonlogger.json import JsonFormatter

handler = logging.StreamHandler()
handler.setFormatter(JsonFormatter())
logging.basicConfig(handlers=[handler], level=logging.INFO)

app = FastAPI()


@app.get("/")
def index() -> str:
    return "ok"
