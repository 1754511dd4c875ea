from typing import TYPE_CHECKING

from fastapi import APIRouter

if TYPE_CHECKING:
    from fastapi import FastAPI

router = APIRouter(prefix="/billing")


@router.get("/invoices")
def invoices() -> list[int]:
    return []


def install(app: "FastAPI") -> None:
    app.include_router(router)
