from fastapi import APIRouter

router = APIRouter(tags=["monitoring"])


@router.get("/health")
def health() -> str:
    return "ok"
