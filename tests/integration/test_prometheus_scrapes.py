"""A real Prometheus reads the metrics, and the questions that dashboards ask have answers."""

from __future__ import annotations

import random
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.running import Service
    from support.servers import Prometheus


def test_requests_per_second_and_latency_by_route_have_data(
    prometheus: Prometheus, running_catalog: Service
) -> None:
    for _ in range(2):  # a rate needs a series that grows from one scrape to another
        for _ in range(10):
            assert running_catalog.request("/products/1").status == 200
        for _ in range(5):
            assert running_catalog.request("/products/99").status == 404
        assert running_catalog.request("/broken").status == 500
        prometheus.wait_until_scraped(times=3)

    counted = {
        tuple(sample.labels.values()): sample.value for sample in prometheus.query("http_requests_total")
    }
    assert sum(counted.values()) == 32, counted
    rates = prometheus.query("sum by (route) (rate(http_requests_total[1m])) > 0")
    assert {sample.labels["route"] for sample in rates} == {"/products/{product_id}", "/broken"}
    percentile = (
        "histogram_quantile(0.95, sum by (le, route) (rate(http_request_duration_seconds_bucket[1m])))"
    )
    latencies = {sample.labels["route"]: sample.value for sample in prometheus.query(percentile)}
    assert 0 < latencies["/products/{product_id}"] < 5
    (errors,) = prometheus.query("sum(http_errors_total)")
    assert errors.value == 2


def test_a_thousand_unknown_paths_add_one_series_at_most(
    prometheus: Prometheus, running_catalog: Service
) -> None:
    assert running_catalog.request("/products/1").status == 200
    prometheus.wait_until_scraped()
    before = prometheus.query("count(http_requests_total)")[0].value

    letters = random.Random(7)  # noqa: S311 - paths, not secrets
    for _ in range(1000):
        path = "".join(letters.choices(string.ascii_lowercase, k=12))
        assert running_catalog.request(f"/{path}").status == 404
    prometheus.wait_until_scraped(times=2)

    assert prometheus.query("count(http_requests_total)")[0].value - before <= 1


def test_the_endpoint_tells_nothing_about_being_scraped(
    prometheus: Prometheus, running_catalog: Service
) -> None:
    assert running_catalog.request("/products/1").status == 200
    prometheus.wait_until_scraped(times=3)

    routes = {sample.labels["route"] for sample in prometheus.query("http_requests_total")}

    assert routes == {"/products/{product_id}"}
