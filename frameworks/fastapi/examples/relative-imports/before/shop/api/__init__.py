from fastapi import FastAPI

from ..stock import count
from .errors import install

app = FastAPI()
install(app)


@app.get("/stock/{name}")
def stock(name: str) -> int:
    return count(name)
