import flask
from flask.views import MethodView

from inventory.instrumentation.health import setup_health
from inventory.instrumentation.logs import setup_logging
from inventory.instrumentation.metrics import setup_metrics
from inventory.instrumentation.tracing import setup_tracing

service: flask.Flask = flask.Flask(
    __name__,
    static_url_path="/assets",
)
setup_logging()
setup_tracing(service)
setup_metrics(service)
setup_health(service)


class Stock(MethodView):
    def get(self, number: int) -> dict[str, int]:
        return {"number": number}

    def put(self, number: int) -> tuple[str, int]:
        return "", 204


service.add_url_rule("/stock/<int:number>", view_func=Stock.as_view("stock"))
