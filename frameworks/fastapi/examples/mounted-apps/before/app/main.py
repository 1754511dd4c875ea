from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from app.admin import admin
from app.partners import partners

app = FastAPI(title="Front door")
app.mount("/admin", admin)
app.mount("/partners", partners)
app.mount("/static", StaticFiles(directory="static", check_dir=False))


@app.get("/")
def index() -> str:
    return "welcome"
