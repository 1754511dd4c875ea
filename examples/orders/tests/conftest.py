import os
import tempfile
from pathlib import Path

import httpx
import pytest

_directory = tempfile.TemporaryDirectory(prefix="orders-")
os.environ["DATABASE_URL"] = f"sqlite:///{Path(_directory.name) / 'test.db'}"

from fastapi.testclient import TestClient  # noqa: E402

from orders.database import Base, engine  # noqa: E402
from orders.main import app  # noqa: E402
from orders.prices import get_client  # noqa: E402

PRICES = {"tea-assam": "4.20", "tea-sencha": "6.80"}


def answer(request):
    sku = request.url.path.rpartition("/")[2]
    if sku == "broken":
        return httpx.Response(500)
    if sku not in PRICES:
        return httpx.Response(404)
    return httpx.Response(200, json={"sku": sku, "unit_price": PRICES[sku]})


@pytest.fixture(scope="session", autouse=True)
def temporary_database():
    yield
    engine.dispose()
    _directory.cleanup()


@pytest.fixture
def client():
    Base.metadata.drop_all(engine)
    with httpx.Client(base_url="http://pricing", transport=httpx.MockTransport(answer)) as pricing:
        app.dependency_overrides[get_client] = lambda: pricing
        with TestClient(app) as client:
            yield client
        app.dependency_overrides.clear()


@pytest.fixture
def ada(client):
    return client.post("/customers", json={"name": "Ada", "email": "ada@example.org"}).json()
