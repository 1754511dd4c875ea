from flask import current_app as app


@app.route("/parcels/<code>")
def parcel(code):
    return {"code": code}
