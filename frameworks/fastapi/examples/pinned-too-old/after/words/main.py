from fastapi import FastAPI

from words.instrumentation.health import setup_health
from words.instrumentation.logs import setup_logging
from words.instrumentation.tracing import setup_tracing

app = FastAPI()
setup_logging()
setup_tracing(app)
setup_health(app)


@app.get("/words")
def words() -> list[str]:
    return ["a", "b"]
