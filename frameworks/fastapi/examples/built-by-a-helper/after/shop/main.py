from .routers import items
from .web import make_web

app = make_web("Shop")
app.include_router(items.router)
