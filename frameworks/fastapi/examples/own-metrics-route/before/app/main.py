from fastapi import FastAPI
from prometheus_client import Counter, make_asgi_app

VISITS = Counter("visits_total", "Visits")

app = FastAPI()
app.mount("/metrics", make_asgi_app())


@app.get("/")
def index() -> str:
    VISITS.inc()
    return "ok"
