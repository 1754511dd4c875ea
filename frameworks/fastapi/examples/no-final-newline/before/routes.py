from fastapi import APIRouter

router = APIRouter()


@router.get("/words")
def words() -> list[str]:
    return ["a", "b"]
