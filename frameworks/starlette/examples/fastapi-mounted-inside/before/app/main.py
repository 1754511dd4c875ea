from starlette.applications import Starlette
from starlette.routing import Mount

from app.api import api

app = Starlette(routes=[Mount("/api", app=api)])
