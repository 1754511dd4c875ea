from fastapi import APIRouter

router = APIRouter(prefix="/quotes")


@router.get("/today")
def today() -> str:
    return "Less is more."


routes = router.routes
