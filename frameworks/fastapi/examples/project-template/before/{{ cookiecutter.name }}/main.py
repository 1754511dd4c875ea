from fastapi import FastAPI

from {{ cookiecutter.package }}.routes import router

app = FastAPI(title="{{ cookiecutter.name }}")
app.include_router(router)
