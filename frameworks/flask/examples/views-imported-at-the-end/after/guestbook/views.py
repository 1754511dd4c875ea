from guestbook import app


@app.route("/")
@app.route("/guests/", defaults={"page": 1})
@app.route("/guests/<int:page>")
def guests(page=1):
    return {"page": page}
