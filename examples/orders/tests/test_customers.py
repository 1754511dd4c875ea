import pytest


def test_a_new_customer_is_stored(client, ada):
    assert client.get(f"/customers/{ada['id']}").json() == ada


@pytest.mark.usefixtures("ada")
def test_customers_are_listed_by_name(client):
    client.post("/customers", json={"name": "Aaron", "email": "aaron@example.org"})
    assert [customer["name"] for customer in client.get("/customers").json()] == ["Aaron", "Ada"]


def test_an_address_is_taken_once(client, ada):
    again = client.post("/customers", json={"name": "Other", "email": ada["email"]})
    assert again.status_code == 409


def test_an_address_needs_an_at_sign(client):
    assert client.post("/customers", json={"name": "Ada", "email": "nowhere"}).status_code == 422


def test_an_unknown_customer_is_not_found(client):
    assert client.get("/customers/99").status_code == 404
    assert client.get("/customers/99/orders").status_code == 404
