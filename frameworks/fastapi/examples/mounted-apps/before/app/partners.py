from fastapi import FastAPI

partners = FastAPI(title="Partners")


@partners.get("/orders")
def orders() -> list[int]:
    return []


@partners.post("/orders")
def order() -> int:
    return 1
