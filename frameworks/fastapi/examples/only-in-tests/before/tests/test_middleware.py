from fastapi import FastAPI
from fastapi.testclient import TestClient

from limits.middleware import Limit

app = FastAPI()
app.add_middleware(Limit, most=3)


def test_lets_requests_in():
    assert TestClient(app).get("/").status_code == 404
