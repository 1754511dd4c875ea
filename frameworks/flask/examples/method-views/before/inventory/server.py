import flask
from flask.views import MethodView

service: flask.Flask = flask.Flask(
    __name__,
    static_url_path="/assets",
)


class Stock(MethodView):
    def get(self, number: int) -> dict[str, int]:
        return {"number": number}

    def put(self, number: int) -> tuple[str, int]:
        return "", 204


service.add_url_rule("/stock/<int:number>", view_func=Stock.as_view("stock"))
