"""The proof holds for whatever starts the service: one process, several, and processes that are forked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.applied import applied

from codemods.operation import Options, execute

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.runtime

MAIN = """
import logging

from fastapi import FastAPI
from sqlalchemy import create_engine, text

app = FastAPI()
engine = create_engine("sqlite:///shop.db")


@app.get("/items/{item_id}")
def item(item_id: int):
    logging.getLogger(__name__).info("asked for %s", item_id)
    with engine.connect() as connection:
        return connection.execute(text("SELECT 1")).scalar()
"""
GUNICORN = "gunicorn app.main:app -k uvicorn_worker.UvicornWorker -w 2 --bind=127.0.0.1:{port}"


@pytest.mark.parametrize(
    "launch",
    [
        pytest.param(GUNICORN, id="gunicorn"),
        pytest.param(f"{GUNICORN} --preload", id="gunicorn --preload"),
        pytest.param("uvicorn app.main:app --workers 2 --port 8000", id="uvicorn --workers"),
        pytest.param("fastapi run app/main.py --port 8000", id="fastapi run"),
        pytest.param("fastapi run --workers 2 app/main.py --port 8000", id="fastapi run --workers"),
    ],
)
def test_verify_proves_the_service_however_it_is_started(tmp_path: Path, launch: str) -> None:
    files = {"app/__init__.py": "", "app/main.py": MAIN}
    needed = ["fastapi[standard]>=0.165", "uvicorn", "gunicorn", "uvicorn-worker", "sqlalchemy"]
    service = applied(tmp_path / "shop", files, needed)
    parameters = {"launch": launch, "python": str(service.python)}
    proof = execute("verify", str(service.directory), parameters, Options())
    assert proof.success, (proof.errors, proof.data.get("output"))
    assert {check["outcome"] for check in proof.data["checks"]} == {"passed"}, proof.data["checks"]
