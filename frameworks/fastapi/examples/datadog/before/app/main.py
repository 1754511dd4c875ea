from ddtrace import patch_all

patch_all()

from fastapi import FastAPI  # noqa: E402

app = FastAPI()


@app.get("/")
def index() -> str:
    return "ok"
