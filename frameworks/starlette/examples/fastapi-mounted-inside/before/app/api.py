from fastapi import FastAPI

api = FastAPI()


@api.get("/items")
def items() -> list[str]:
    return []
