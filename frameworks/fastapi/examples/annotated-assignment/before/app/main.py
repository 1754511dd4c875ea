from typing import Final

from fastapi import FastAPI

VERSION: Final = "2.1"
app: Final[FastAPI] = FastAPI(version=VERSION)


@app.get("/version")
async def version() -> str:
    return VERSION
