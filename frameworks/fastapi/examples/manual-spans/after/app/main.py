from fastapi import FastAPI

from app.instrumentation.tracing import setup_tracing
from app.pricing import Quote

app = FastAPI()
setup_tracing(app)


@app.get("/quote")
async def quote(weight: float) -> float:
    return await Quote(weight).total()
