"""What is rendered to observe a service has something to show: every panel, every rule, every alert, on a real one."""

from __future__ import annotations

import math
import os
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from support.monitoring import Network, rendered_jaeger, rendered_prometheus, rendered_to
from support.processes import ServerMissingError, fetch_json, wait_until
from support.promql import Question, questions_of_dashboards, rules, selectors
from support.running import observed, serve

from codemods.render import read_answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.jaeger import Jaeger
    from support.running import Service
    from support.servers import Prometheus

EXAMPLES = Path(__file__).parents[2] / "examples"
# A series that only a fault makes: an exporter that cannot keep up.
ONLY_IN_TROUBLE = {'{__name__=~"otelcol_exporter_enqueue_failed_spans(_total)?"}'}


def give_up(missing: ServerMissingError) -> NoReturn:
    if os.environ.get("RELEASE_QUALITY_REQUIRE_SERVERS"):
        pytest.fail(str(missing), pytrace=False)
    pytest.skip(str(missing))


class Watched:
    """A service with everything around it."""

    def __init__(self, folder: Path, service: Service, prometheus: Prometheus, jaeger: Jaeger) -> None:
        self.folder, self.service, self.prometheus, self.jaeger = folder, service, prometheus, jaeger

    def send_requests(self) -> None:
        for _ in range(10):
            assert self.service.request("/orders").status == 200
            assert self.service.request("/customers").status == 200
        for _ in range(3):
            assert self.service.request("/orders/99").status == 404
            assert self.service.request("/nowhere").status == 404
            assert self.service.request("/orders/quote/book").status == 502


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """The orders service, asked for a while, with the rendered Prometheus and Jaeger around it."""
    directory = tmp_path_factory.mktemp("watched")
    with ExitStack() as stack:
        try:
            network = Network()
            project = observed(EXAMPLES / "orders", directory / "orders")
            folder = rendered_to(directory, read_answers(project.directory) | {"docker": True})
            jaeger = stack.enter_context(rendered_jaeger(folder, network))
            variables = {
                "OTEL_EXPORTER_OTLP_ENDPOINT": jaeger.endpoint,
                "OTEL_TRACES_SAMPLER": "always_on",
                "OTEL_BSP_SCHEDULE_DELAY": "100",
                "PRICING_URL": f"http://{network.address('nobody:80')}",
            }
            command = ["uvicorn", "orders.main:app", "--port", "{port}"]
            service = stack.enter_context(serve(project, command, variables))
            network.addresses["app:8000"] = service.address
            jobs = ["app", "prometheus", "jaeger", "spans"]
            prometheus = stack.enter_context(rendered_prometheus(folder, network, jobs))
        except ServerMissingError as missing:
            give_up(missing)
        found = Watched(folder, service, prometheus, jaeger)
        for _ in range(3):  # a rate needs series that grow
            found.send_requests()
            prometheus.wait_until_scraped(times=2)
        wait_until(
            lambda: prometheus.query("service_span:call_duration_seconds:p95_5m > 0"),
            what="calls are counted from spans and recorded",
        )
        yield found


def unanswered(prometheus: Prometheus, questions: list[Question]) -> list[str]:
    """Return the questions whose answer is empty, or nothing but "not a number"."""
    answers = {question: prometheus.query(question.expression) for question in questions}
    return [
        str(question)
        for question, samples in answers.items()
        if all(math.isnan(sample.value) for sample in samples)
    ]


def test_every_panel_has_data(watched: Watched) -> None:
    asked = list(questions_of_dashboards(watched.folder))
    assert len(asked) > 30
    assert unanswered(watched.prometheus, asked) == []


def test_a_panel_without_data_is_noticed(watched: Watched) -> None:
    asked = [Question("one", "http_request_total"), Question("two", "vector(0) / 0"), Question("three", "up")]
    assert unanswered(watched.prometheus, asked) == ["one: http_request_total", "two: vector(0) / 0"]


def test_the_panels_about_the_cache_have_data_where_there_is_one(tmp_path: Path) -> None:
    network = Network()
    project = observed(EXAMPLES / "clinic", tmp_path / "clinic")
    folder = rendered_to(tmp_path, read_answers(project.directory) | {"docker": True})
    migrate = [str(project.python), "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=project.directory, check=True)
    with ExitStack() as stack:
        service = stack.enter_context(
            serve(project, ["gunicorn", "--bind", "127.0.0.1:{port}", "clinic.wsgi"], {})
        )
        network.addresses["app:8000"] = service.address
        try:
            prometheus = stack.enter_context(rendered_prometheus(folder, network, ["app", "prometheus"]))
        except ServerMissingError as missing:
            give_up(missing)
        for _ in range(3):
            assert service.request("/doctors/").status == 200
            assert service.request("/doctors/1/").status == 404
            prometheus.wait_until_scraped(times=2)
        asked = [q for q in questions_of_dashboards(folder) if q.where.startswith(("cache/", "database/"))]
        questions = [Question(q.where, q.expression.replace('"orders"', '"clinic"')) for q in asked]
        assert len(questions) > 8
        assert unanswered(prometheus, questions) == []
        (ratio,) = prometheus.query('sum(cache_hits_total{result="hit"}) / sum(cache_hits_total)')
        assert 0.5 < ratio.value < 1


def test_every_recording_rule_records(watched: Watched) -> None:
    recorded = [rule["record"] for rule in rules(watched.folder) if "record" in rule]
    assert len(recorded) > 15
    assert [name for name in recorded if not watched.prometheus.query(name)] == []


def test_whatever_an_alert_reads_is_there(watched: Watched) -> None:
    alerts = [rule for rule in rules(watched.folder) if "alert" in rule]
    read = {selector for rule in alerts for selector in selectors(rule["expr"])} - ONLY_IN_TROUBLE
    assert len(read) > 10
    assert [selector for selector in sorted(read) if not watched.prometheus.query(selector)] == []


def test_no_rule_fails_and_no_alert_fires_on_a_healthy_service(watched: Watched) -> None:
    groups = fetch_json(f"{watched.prometheus.url}/api/v1/rules")["data"]["groups"]
    loaded = [rule for group in groups for rule in group["rules"]]
    assert len(loaded) == len(list(rules(watched.folder)))
    assert [(rule["name"], rule["lastError"]) for rule in loaded if rule["health"] != "ok"] == []
    assert watched.prometheus.query('ALERTS{alertstate="firing"}') == []


def test_errors_are_those_that_were_made(watched: Watched) -> None:
    ratios = watched.prometheus.query("service_route:http_errors:ratio_rate5m")
    by_route = {sample.labels["route"]: sample.value for sample in ratios}
    assert by_route["/orders/quote/{sku}"] == 1
    assert by_route["/orders"] == by_route["unmatched"] == 0
    calls = watched.prometheus.query("service_span:call_errors:ratio_rate5m")
    by_call = {sample.labels["span_name"]: sample.value for sample in calls}
    assert by_call["GET"] == 1
    assert by_call["SELECT orders.db"] == 0


def test_a_latency_leads_to_its_trace(watched: Watched) -> None:
    found = fetch_json(
        f"{watched.prometheus.url}/api/v1/query_exemplars",
        {"query": "http_request_duration_seconds_bucket", "start": "0", "end": "9999999999"},
    )["data"]
    traces = {exemplar["labels"]["trace_id"] for series in found for exemplar in series["exemplars"]}
    kept = {span.trace_id for span in watched.jaeger.spans("orders")}
    assert traces
    assert traces <= kept


def test_jaeger_reads_its_own_counts_back(watched: Watched) -> None:
    query = {
        "service": "orders",
        "spanKind": "server",
        "lookback": "600000",
        "step": "5000",
        "quantile": "0.95",
    }
    found = fetch_json(f"{watched.jaeger.query_url}/api/metrics/calls", query)
    assert found["metrics"], found
