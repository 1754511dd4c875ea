from fastapi import FastAPI

from words.instrumentation.metrics import setup_metrics

app = FastAPI()
setup_metrics(app)


@app.get("/words")
def words() -> list[str]:
    return ["a", "b"]
