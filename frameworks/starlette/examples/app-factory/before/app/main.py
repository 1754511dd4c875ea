from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from app.views import ping


def create_app() -> Starlette:
    inner = Starlette(routes=[Route("/ping", ping)])
    inner.add_middleware(CORSMiddleware, allow_origins=["*"])
    return inner


app = create_app()
