from fastapi import FastAPI, Response

app = FastAPI()
loaded = False


@app.get("/ready")
def ready(response: Response) -> None:
    response.status_code = 200 if loaded else 503
