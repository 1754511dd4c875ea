"""Items on the shelf."""

from fastapi import APIRouter, HTTPException

router = APIRouter(prefix="/items", tags=["items"])

_SHELF = {1: "lamp", 2: "chair"}


@router.get("")
def list_items() -> dict[int, str]:
    return _SHELF


@router.get("/{item_id}")
def read_item(item_id: int) -> str:
    if item_id not in _SHELF:
        raise HTTPException(status_code=404)
    return _SHELF[item_id]
