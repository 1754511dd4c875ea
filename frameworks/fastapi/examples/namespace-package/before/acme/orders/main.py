from fastapi import FastAPI

from acme.orders.book import Book

app = FastAPI()
book = Book()


@app.post("/orders")
def order(name: str) -> int:
    return book.enter(name)
