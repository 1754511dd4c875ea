def test_an_order_takes_the_price_of_the_day(client, ada):
    created = client.post("/orders", json={"customer_id": ada["id"], "sku": "tea-assam", "quantity": 3})
    assert created.status_code == 201
    assert created.json()["total"] == "12.60"
    assert client.get(f"/orders/{created.json()['id']}").json()["sku"] == "tea-assam"


def test_orders_of_a_customer_are_listed(client, ada):
    for sku in ("tea-assam", "tea-sencha"):
        client.post("/orders", json={"customer_id": ada["id"], "sku": sku, "quantity": 1})
    assert {order["sku"] for order in client.get(f"/customers/{ada['id']}/orders").json()} == {
        "tea-assam",
        "tea-sencha",
    }
    assert len(client.get("/orders").json()) == 2


def test_a_cancelled_order_says_so(client, ada):
    order = client.post("/orders", json={"customer_id": ada["id"], "sku": "tea-assam", "quantity": 1}).json()
    assert client.post(f"/orders/{order['id']}/cancel").json()["status"] == "cancelled"


def test_an_order_needs_a_customer(client):
    order = client.post("/orders", json={"customer_id": 99, "sku": "tea-assam", "quantity": 1})
    assert order.status_code == 404


def test_an_order_needs_an_article_with_a_price(client, ada):
    order = client.post("/orders", json={"customer_id": ada["id"], "sku": "stone", "quantity": 1})
    assert order.status_code == 404


def test_a_quote_is_the_price_of_the_day(client):
    assert client.get("/orders/quote/tea-sencha").json() == {"sku": "tea-sencha", "unit_price": "6.80"}


def test_a_pricing_service_out_of_order_is_a_bad_gateway(client):
    assert client.get("/orders/quote/broken").status_code == 502


def test_an_unknown_order_is_not_found(client):
    assert client.get("/orders/99").status_code == 404


def test_the_service_says_who_it_is(client):
    assert client.get("/").json()["service"] == "orders"
