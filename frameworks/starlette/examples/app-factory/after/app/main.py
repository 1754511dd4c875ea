from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing
from app.views import ping


def create_app() -> Starlette:
    inner = Starlette(routes=[Route("/ping", ping)])
    setup_logging()
    setup_tracing(inner)
    setup_metrics(inner)
    setup_health(inner)
    inner.add_middleware(CORSMiddleware, allow_origins=["*"])
    return inner


app = create_app()
