"""Readiness under checks that fail, hang and come back; set-up that comes too late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.rendered import packages, project
from support.running import serve

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.runtime

MAIN = """
import asyncio
import time
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.instrumentation.health import add_check, setup_health
from app.instrumentation.metrics import setup_metrics

started = {"sync": 0, "async": 0}
mood = {"sync": "well", "async": "well"}


def behave(kind):
    started[kind] += 1
    if mood[kind] == "failing":
        raise RuntimeError("password=secret")


def check_sync():
    behave("sync")
    if mood["sync"] == "hanging":
        time.sleep(60)


async def check_async():
    behave("async")
    if mood["async"] == "hanging":
        await asyncio.sleep(60)


app = FastAPI()
setup_health(app)
add_check("sync", check_sync)
add_check("async", check_async)
add_check("awaitable", lambda: check_async())


@app.get("/mood/{kind}/{value}")
def change(kind: str, value: str):
    mood[kind] = value


@app.get("/started")
def count():
    return started


@asynccontextmanager
async def lifespan(late):
    setup_metrics(late)
    yield


late = FastAPI(lifespan=lifespan)


@late.get("/alive")
def alive():
    return "alive"
"""
REQUIREMENTS = [*packages("config", "logging", "metrics"), "fastapi>=0.165", "uvicorn"]
CONFIG = "health: {timeout_seconds: 0.3, cache_seconds: 0.0}\n"
ANSWERS = {"tracing": False, "profiling": False}


def test_readiness_names_what_fails_and_keeps_the_reason_to_itself(tmp_path: Path) -> None:
    files = {"app/main.py": MAIN, "config/instrumentation.yaml": CONFIG}
    made = project(tmp_path / "shop", files, ANSWERS, REQUIREMENTS)
    with serve(made, ["uvicorn", "app.main:app", "--port", "{port}"], {}) as running:
        assert running.request("/ready").json() == {
            "status": "ok",
            "checks": {"sync": "ok", "async": "ok", "awaitable": "ok"},
        }
        running.request("/mood/sync/failing")
        answer = running.request("/ready")
        assert (answer.status, answer.json()["checks"]) == (
            503,
            {"sync": "failed", "async": "ok", "awaitable": "ok"},
        )
        assert "secret" not in answer.body
        assert running.request("/health").status == 200

        running.request("/mood/sync/hanging")
        running.request("/mood/async/hanging")
        before = running.request("/started").json()
        for _ in range(3):
            answer = running.request("/ready")
            assert (answer.status, answer.json()["checks"]) == (
                503,
                {"sync": "failed", "async": "failed", "awaitable": "failed"},
            )
            assert answer.seconds < 1.5
        assert running.request("/started").json()["sync"] == before["sync"] + 1, (
            "a thread that hangs is enough"
        )

        running.request("/mood/async/well")
        checks = running.request("/ready").json()["checks"]
        assert (checks["async"], checks["awaitable"]) == ("ok", "ok")
        assert "password=secret" in running.process.output()


def test_set_up_that_comes_too_late_says_so(tmp_path: Path) -> None:
    made = project(tmp_path / "shop", {"app/main.py": MAIN}, ANSWERS, REQUIREMENTS)
    command = ["uvicorn", "app.main:late", "--port", "{port}"]
    with serve(made, command, {}, alive="/alive") as running:
        assert running.request("/metrics").status == 404
        assert "right after the application is made" in running.process.output().replace("\n", " ")
