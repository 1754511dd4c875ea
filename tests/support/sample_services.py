"""The services that integration tests start, and how: one process each, where their Procfiles have two."""

from __future__ import annotations

from pathlib import Path

SERVICES = Path(__file__).parent.parent / "integration" / "services"
CATALOG = ["uvicorn", "catalog.main:app", "--port", "{port}"]
LEDGER = [
    "gunicorn",
    "main:app",
    "--worker-class",
    "uvicorn_worker.UvicornWorker",
    "--bind",
    "127.0.0.1:{port}",
]
