from fastapi import FastAPI

admin = FastAPI(title="Administration")


@admin.get("/users")
def users() -> list[str]:
    return ["ada"]
