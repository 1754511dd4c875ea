import time

from fastapi import FastAPI

from app import stock
from app.instrumentation.profiling import profiled

app = FastAPI()


@app.get("/report")
@profiled
async def report() -> list[int]:
    time.sleep(1)
    return stock.matches([1, 2], [2, 3])
