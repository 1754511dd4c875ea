from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

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
