import fastapi

app = fastapi.FastAPI(root_path="/api")


@app.get("/time", response_class=fastapi.responses.PlainTextResponse)
def now() -> str:
    return "12:00"
