from fastapi import FastAPI

app = FastAPI(telemetry=False)


@app.get("/")
def index() -> str:
    return "ok"
