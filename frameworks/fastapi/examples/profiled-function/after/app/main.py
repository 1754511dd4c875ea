from fastapi import FastAPI

from app.instrumentation.profiling import profiled

app = FastAPI()


@app.get("/report")
@profiled
def report() -> int:
    total = 0
    for row in range(1000):
        for column in range(1000):
            total += row * column
    return total
