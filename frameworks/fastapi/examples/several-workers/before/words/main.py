from fastapi import FastAPI

app = FastAPI()


@app.get("/words")
def words() -> list[str]:
    return ["a", "b"]
