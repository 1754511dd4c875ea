from fastapi import APIRouter

router = APIRouter(tags=["users"])


@router.get("/")
def everybody() -> list[str]:
    return ["ada", "grace"]


@router.get("/{name}")
def one(name: str) -> str:
    return name
