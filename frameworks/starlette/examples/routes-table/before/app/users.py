from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def everybody(request: Request) -> JSONResponse:
    return JSONResponse(["ada"])


async def one(request: Request) -> JSONResponse:
    return JSONResponse(request.path_params["name"])


routes = [Route("/", everybody), Route("/{name}", one)]
