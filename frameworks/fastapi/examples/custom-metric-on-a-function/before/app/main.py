from fastapi import FastAPI

app = FastAPI()


def book(name: str) -> int:
    return len(name)


@app.post("/orders")
def order(name: str) -> int:
    return book(name)
