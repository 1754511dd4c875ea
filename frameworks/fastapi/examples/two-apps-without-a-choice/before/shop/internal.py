from fastapi import FastAPI

app = FastAPI(title="Stock")


@app.get("/stock")
def stock() -> int:
    return 3
