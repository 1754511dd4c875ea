import contextlib

import httpx
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from instrumentation.health import setup_health
from instrumentation.logs import setup_logging
from instrumentation.metrics import setup_metrics
from instrumentation.tracing import setup_tracing


@contextlib.asynccontextmanager
async def lifespan(app):
    async with httpx.AsyncClient(base_url="https://api.example.org") as client:
        yield {"client": client}


async def forward(request):
    answer = await request.state.client.get(request.url.path)
    return Response(answer.content, answer.status_code)


application = Starlette(routes=[Route("/{path:path}", forward)], lifespan=lifespan)
setup_logging()
setup_tracing(application)
setup_metrics(application)
setup_health(application)
