import structlog
from fastapi import FastAPI

structlog.configure(processors=[structlog.processors.JSONRenderer()])
log = structlog.get_logger()

app = FastAPI()


@app.get("/")
def index() -> str:
    log.info("visit")
    return "ok"
