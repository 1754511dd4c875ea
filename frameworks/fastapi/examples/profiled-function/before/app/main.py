from fastapi import FastAPI

app = FastAPI()


@app.get("/report")
def report() -> int:
    total = 0
    for row in range(1000):
        for column in range(1000):
            total += row * column
    return total
