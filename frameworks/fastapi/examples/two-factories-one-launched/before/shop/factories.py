from fastapi import FastAPI

from shop.routers import items


def create_public() -> FastAPI:
    public = FastAPI(title="Shop")
    public.include_router(items.router)
    return public


def create_admin() -> FastAPI:
    admin = FastAPI(title="Shop, administration")

    @admin.get("/stock")
    def stock() -> dict[str, int]:
        return {"lamp": 3}

    return admin
