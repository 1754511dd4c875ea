from flask import Flask


def create_public():
    app = Flask("desk.public")

    @app.route("/tickets", methods=("GET", "POST"))
    def tickets():
        return []

    return app


def create_staff():
    app = Flask("desk.staff")

    @app.get("/queue")
    def queue():
        return []

    return app
