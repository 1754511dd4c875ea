from fastapi import FastAPI, Response

from app.instrumentation.health import setup_health

app = FastAPI()
setup_health(app)
loaded = False


@app.get("/ready")
def ready(response: Response) -> None:
    response.status_code = 200 if loaded else 503
