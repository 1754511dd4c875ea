from fastapi import FastAPI

from acme.orders.book import Book
from acme.orders.instrumentation.health import setup_health
from acme.orders.instrumentation.logs import setup_logging
from acme.orders.instrumentation.metrics import setup_metrics
from acme.orders.instrumentation.tracing import setup_tracing

app = FastAPI()
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)
book = Book()


@app.post("/orders")
def order(name: str) -> int:
    return book.enter(name)
