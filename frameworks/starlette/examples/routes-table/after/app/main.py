from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing
from app.users import routes as users


async def index(request: Request) -> JSONResponse:
    return JSONResponse({"name": "shop"})


app = Starlette(
    debug=False,
    routes=[
        Route("/", index),
        Mount("/users", routes=users),
    ],
)
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)
