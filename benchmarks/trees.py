"""Synthetic source trees: plain modules, and a share of modules that matter to the analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FUNCTION = '''

def compute_{number}_{part}(values: list[int], *, limit: int = {part}) -> dict[str, int]:
    """Sum what is below the limit, by parity."""
    totals = {{"even": 0, "odd": 0}}
    for value in values:
        if value > limit:
            continue
        key = "even" if value % 2 == 0 else "odd"
        totals[key] += value * {number}
    return totals
'''
_ROUTER = '''"""Router {number}."""

import httpx
from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.database import get_session

router = APIRouter(prefix="/things{number}")


@router.get("/{{thing_id}}")
def read(thing_id: int, session: Session = Depends(get_session)) -> dict[str, int]:
    """Read one."""
    return {{"id": session.scalar(select(thing_id)) or thing_id}}


@router.post("/")
async def create(name: str) -> dict[str, str]:
    """Create one."""
    async with httpx.AsyncClient() as client:
        await client.get("http://127.0.0.1:9/")
    return {{"name": name}}
'''
_DATABASE = '''"""The database."""

from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

engine = create_engine("sqlite:///shop.db")


def get_session() -> Iterator[Session]:
    """Open a session."""
    with Session(engine) as session:
        yield session
'''


def build(root: Path, files: int, relevant: float) -> int:
    """Write a service.

    Args:
        root: An empty directory.
        files: Number of Python files.
        relevant: Share of files that declare routes; the others are plain code.

    Returns:
        Bytes written.
    """
    package = root / "shop"
    routers = max(1, round(files * relevant))
    sources = {
        "requirements.txt": "fastapi\nsqlalchemy\nhttpx\n",
        "shop/__init__.py": "",
        "shop/database.py": _DATABASE,
    }
    for number in range(routers):
        sources[f"shop/routers/r{number}.py"] = _ROUTER.format(number=number)
    for number in range(files - routers - 3):
        body = "".join(_FUNCTION.format(number=number, part=part) for part in range(12))
        sources[f"shop/area{number % 100}/m{number}.py"] = f'"""Module {number}."""\n\nimport math\n{body}'
    includes = "".join(f"app.include_router(r{number}.router)\n" for number in range(routers))
    imports = "".join(f"from shop.routers import r{number}\n" for number in range(routers))
    sources["shop/main.py"] = (
        f'"""The service."""\n\nfrom fastapi import FastAPI\n\n{imports}\napp = FastAPI()\n{includes}'
    )
    package.mkdir(parents=True)
    total = 0
    for path, text in sources.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        total += file.write_bytes(text.encode())
    return total
