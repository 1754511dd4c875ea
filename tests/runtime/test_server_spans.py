"""One span a request, named by its route, whoever makes it: over the versions of the frameworks."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from support.rendered import packages, project
from support.running import serve

from codemods.facts import load_framework, python_facts
from codemods.verification.receiver import OtlpReceiver

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.runtime

SETUP = """
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)
"""
IMPORTS = """
from app.instrumentation.health import setup_health
from app.instrumentation.logs import setup_logging
from app.instrumentation.metrics import setup_metrics
from app.instrumentation.tracing import setup_tracing
"""
FASTAPI = f"""
from fastapi import APIRouter, FastAPI
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from sqlalchemy import text
{IMPORTS}
from app.db import engine, reports

app = FastAPI()
{SETUP}
app.add_middleware(TrustedHostMiddleware, allowed_hosts=["shop.example"])
router = APIRouter()


@app.get("/")
async def root():
    return "root"


@router.get("/items/{{item_id}}")
async def item(item_id: int):
    if item_id == 500:
        raise RuntimeError("no such luck")
    return item_id


@router.get("/reports")
def report():
    with reports.connect() as connection:
        return connection.execute(text("SELECT 1")).scalar()


@router.get("/orders")
async def orders():
    async with engine.connect() as connection:
        return (await connection.execute(text("SELECT 2"))).scalar()


inner = APIRouter(prefix="/inner")
inner.include_router(router, prefix="/deep")
app.include_router(router, prefix="/api/v1")
app.include_router(inner)
sub = FastAPI()


@sub.get("/things/{{thing}}")
async def thing(thing: str):
    return thing


app.mount("/sub", sub)
"""
DATABASE = """
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

reports = create_engine("sqlite://", connect_args={"check_same_thread": False})
engine = create_async_engine("sqlite+aiosqlite://")
"""
STARLETTE = f"""
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
{IMPORTS}


async def answer(request):
    return PlainTextResponse("answer")


async def other(request):
    return PlainTextResponse("other")


routes = [
    Route("/", answer),
    Route("/same", answer),
    Mount("/users/{{user}}", routes=[Route("/posts/{{post:int}}", other)]),
]
app = Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["shop.example"])])
{SETUP}
"""
SHOP = {"Host": "shop.example"}
FASTAPI_PATHS = {
    "/": "/",
    "/api/v1/items/7": "/api/v1/items/{item_id}",
    "/api/v1/items/500": "/api/v1/items/{item_id}",
    "/api/v1/items/none": "/api/v1/items/{item_id}",
    "/inner/deep/items/8": "/inner/deep/items/{item_id}",
    "/api/v1/reports": "/api/v1/reports",
    "/api/v1/orders": "/api/v1/orders",
    "/sub/things/x": "/sub/things/{thing}",
}
STARLETTE_PATHS = {"/": "/", "/same": "/same", "/users/ann/posts/3": "/users/{user}/posts/{post}"}


def fastapi_service(directory: Path, version: str, telemetry: str, **answers: Any) -> Any:
    contrib = python_facts().requirement(load_framework("fastapi").telemetry.contrib_package)
    return project(
        directory,
        {"app/main.py": FASTAPI, "app/db.py": DATABASE},
        {
            "libraries": ["sqlalchemy"],
            "framework_telemetry": telemetry,
            "sampling_rate": 1.0,
            "readiness_checks": [
                {"name": "database", "type": "sqlalchemy", "target": "app.db:engine", "is_async": True}
            ],
            **answers,
        },
        [
            *packages("config", "logging", "tracing", "metrics", "profiling"),
            contrib,
            f"fastapi{version}",
            "uvicorn",
            "sqlalchemy[asyncio]",
            "aiosqlite",
        ],
    )


def get(service: Any, path: str, headers: dict[str, str] = SHOP) -> tuple[int, str]:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


UVICORN = ["uvicorn", "app.main:app", "--port", "{port}"]


@pytest.mark.parametrize(
    ("version", "telemetry"),
    [
        pytest.param("==0.115.0", "contrib", id="0.115"),
        pytest.param("==0.141.0", "contrib", id="0.141, the last without"),
        pytest.param("==0.142.0", "native", id="0.142, the first with its own"),
        pytest.param(">=0.165", "native", id="newest"),
    ],
)
def test_fastapi_gives_each_request_one_span_named_by_its_route(
    tmp_path: Path, version: str, telemetry: str
) -> None:
    service = fastapi_service(tmp_path / "shop", version, telemetry)
    with OtlpReceiver() as receiver:
        with serve(service, UVICORN, {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}) as running:
            for path in FASTAPI_PATHS:
                get(running, path)
            assert get(running, "/ready") == (200, '{"status":"ok","checks":{"database":"ok"}}')
            metrics = get(running, "/metrics")[1]
        receiver.wait_for(len(FASTAPI_PATHS) + 2)
        spans = receiver.spans()
    server = Counter(span.name for span in spans if span.kind == "server")
    assert server == Counter(f"GET {route}" for route in FASTAPI_PATHS.values())
    queries = [span for span in spans if span.kind == "client"]
    assert [span.name for span in queries] == ["SELECT", "SELECT"]
    assert {span.parent_id for span in queries} <= {span.span_id for span in spans if span.kind == "server"}
    assert {span.attributes.get("http.request.method") for span in spans if span.kind == "server"} == {"GET"}
    for route, count in Counter(FASTAPI_PATHS.values()).items():
        counted = [line for line in metrics.splitlines() if line.startswith("http_requests_total{")]
        assert sum(float(line.split()[-1]) for line in counted if f'route="{route}"' in line) == count
    log = running.process.output()
    assert (
        "Traceback" not in log.replace("no such luck", "") or log.count("Exception in ASGI application") == 1
    )
    assert "/health" not in log
    assert "/metrics" not in log


@pytest.mark.parametrize("version", ["==0.27.0", "==0.36.0", ">=1.10"])
def test_starlette_gives_each_request_one_span_named_by_its_route(tmp_path: Path, version: str) -> None:
    contrib = python_facts().requirement(load_framework("starlette").telemetry.contrib_package)
    service = project(
        tmp_path / "shop",
        {"app/main.py": STARLETTE},
        {"framework": "starlette", "framework_telemetry": "contrib", "sampling_rate": 1.0},
        [
            *packages("config", "logging", "tracing", "metrics", "profiling"),
            contrib,
            f"starlette{version}",
            "uvicorn",
        ],
    )
    with OtlpReceiver() as receiver:
        with serve(service, UVICORN, {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}) as running:
            for path in STARLETTE_PATHS:
                assert get(running, path)[0] == 200
            assert get(running, "/ready")[0] == 200
        receiver.wait_for(len(STARLETTE_PATHS))
        names = Counter(span.name for span in receiver.spans())
    assert names == Counter(f"GET {route}" for route in STARLETTE_PATHS.values())


def test_a_thousand_addresses_that_somebody_makes_up_add_one_series(tmp_path: Path) -> None:
    service = fastapi_service(tmp_path / "shop", ">=0.165", "native", sampling_rate=0.0)
    with serve(service, UVICORN, {}) as running:
        get(running, "/")
        before = get(running, "/metrics")[1].count("http_requests_total{")
        for _ in range(1000):
            get(running, f"/{uuid.uuid4()}")
        metrics = get(running, "/metrics")[1]
    assert metrics.count("http_requests_total{") - before <= 1
    assert 'http_requests_total{method="GET",route="unmatched",status="4xx"} 1000.0' in metrics


def test_endpoints_answer_a_host_that_the_service_refuses(tmp_path: Path) -> None:
    service = fastapi_service(tmp_path / "shop", ">=0.165", "native")
    other = {"Host": "10.0.0.7"}
    with serve(service, UVICORN, {}) as running:
        assert get(running, "/", other)[0] == 400
        assert [get(running, path, other)[0] for path in ("/health", "/ready", "/metrics")] == [200] * 3
