from fastapi import FastAPI as Application
from fastapi import Query

from api.instrumentation.health import setup_health
from api.instrumentation.logs import setup_logging
from api.instrumentation.metrics import setup_metrics
from api.instrumentation.tracing import setup_tracing

service = Application()
setup_logging()
setup_tracing(service)
setup_metrics(service)
setup_health(service)


@service.get("/search")
def search(q: str = Query(min_length=3)) -> list[str]:
    return [word for word in ("table", "stable", "cable") if q in word]
