from app.web import ShopAPI

app = ShopAPI(
    title="Shop",
)


@app.get("/items")
def items() -> list[str]:
    return []
