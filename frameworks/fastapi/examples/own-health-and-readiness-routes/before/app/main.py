from fastapi import FastAPI, Response

app = FastAPI()
loaded = False


@app.get("/health")
def health() -> None:
    """Say that the process answers."""


@app.get("/ready")
def ready(response: Response) -> None:
    response.status_code = 200 if loaded else 503
