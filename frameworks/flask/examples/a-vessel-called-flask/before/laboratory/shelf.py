from laboratory.vessels import Flask

app = Flask("acid")


@app.get("/volume")
def volume():
    return 20
