from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


def well(request):
    return PlainTextResponse("ok")


app = Starlette(routes=[Route("/health", well), Route("/ready", well)])
