import contextlib

import httpx
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route


@contextlib.asynccontextmanager
async def lifespan(app):
    async with httpx.AsyncClient(base_url="https://api.example.org") as client:
        yield {"client": client}


async def forward(request):
    answer = await request.state.client.get(request.url.path)
    return Response(answer.content, answer.status_code)


application = Starlette(routes=[Route("/{path:path}", forward)], lifespan=lifespan)
