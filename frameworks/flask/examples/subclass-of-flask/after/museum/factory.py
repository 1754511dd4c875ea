from museum.application import Museum
from museum.instrumentation.health import setup_health
from museum.instrumentation.logs import setup_logging
from museum.instrumentation.metrics import setup_metrics
from museum.instrumentation.tracing import setup_tracing


def build():
    museum = Museum("museum")
    setup_logging()
    setup_tracing(museum)
    setup_metrics(museum)
    setup_health(museum)

    @museum.get("/rooms/<room>")
    def room(room):
        return {"room": room}

    return museum
