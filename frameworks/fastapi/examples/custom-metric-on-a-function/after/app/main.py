from fastapi import FastAPI

from app.instrumentation.metrics import counted, setup_metrics

app = FastAPI()
setup_metrics(app)


@counted("orders_booked_total")
def book(name: str) -> int:
    return len(name)


@app.post("/orders")
def order(name: str) -> int:
    return book(name)
