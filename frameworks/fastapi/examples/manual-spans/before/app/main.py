from fastapi import FastAPI

from app.pricing import Quote

app = FastAPI()


@app.get("/quote")
async def quote(weight: float) -> float:
    return await Quote(weight).total()
