from bottle import Bottle

app = Bottle()


@app.get("/items")
def items():
    return {"items": []}
