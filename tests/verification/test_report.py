"""The page that people look at, as text."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from codemods.analysis.model import Analysis
from codemods.verification.evidence import Check, Evidence
from codemods.verification.receiver import Span
from codemods.verification.report import print_report
from codemods.verification.requests import Exchange, Request
from codemods.verification.run import Verification
from codemods.verification.tree import ASCII, Symbols, rows, shortened

MILLISECOND = 1_000_000
ROOT = Span(
    "GET /orders", "server", "t", "a", "from outside", 0, 10 * MILLISECOND, {"http.response.status_code": 200}
)
QUERY = Span(
    "SELECT shop",
    "client",
    "t",
    "b",
    "a",
    2 * MILLISECOND,
    4 * MILLISECOND,
    {"db.system.name": "sqlite", "db.query.text": "SELECT orders.id,\n orders.sku\nFROM orders"},
)
CALL = Span(
    "GET",
    "client",
    "t",
    "c",
    "a",
    5 * MILLISECOND,
    9 * MILLISECOND,
    {"url.full": "http://prices:80/tea?x=1", "http.response.status_code": 503},
    status="error",
)
INSIDE = Span("parse", "internal", "t", "d", "b", 3 * MILLISECOND, 4 * MILLISECOND)
METRICS = """# TYPE http_requests_total counter
http_requests_total{method="GET",route="/orders",status="2xx"} 2.0
# TYPE http_request_duration_seconds summary
http_request_duration_seconds_sum{method="GET",route="/orders",status="2xx"} 0.01
http_request_duration_seconds_count{method="GET",route="/orders",status="2xx"} 2.0
# TYPE database_queries_total counter
database_queries_total{operation="select"} 3.0
database_queries_total{operation="insert"} 1.0
"""


def verification(*checks: Check, spans: tuple[Span, ...] = (ROOT, QUERY, CALL, INSIDE)) -> Verification:
    exchange = Exchange(Request("GET", "/orders", "/orders"), "t", 200)
    evidence = Evidence(
        Analysis("."),
        None,
        {"service_name": "shop"},
        [exchange],
        spans,
        metrics_after=METRICS if spans else "",
    )
    health = {"/health": (200, '{"status": "ok"}')} if spans else {}
    return Verification(list(checks), [exchange], list(spans), evidence, health=health)


def printed(found: Verification, encoding: str = "utf-8") -> str:
    buffer = io.BytesIO()
    file = io.TextIOWrapper(buffer, encoding=encoding)
    print_report(found, file=file)
    file.flush()
    return "\n".join(line.rstrip() for line in buffer.getvalue().decode(encoding).splitlines())


def test_nothing_is_laid_out_for_no_spans() -> None:
    assert rows([], Symbols()) == []


def test_only_the_verdict_is_shown_when_nothing_arrived() -> None:
    text = printed(verification(Check("spans arrive", "failed", "none", "nobody sends", "Send."), spans=()))
    assert "Traces" not in text
    assert "Metrics" not in text
    assert "Health" not in text
    assert "Not proven: 1 of 1 checks failed." in text


def test_children_stand_below_their_parents_in_the_order_they_began() -> None:
    laid = rows([CALL, INSIDE, ROOT, QUERY], Symbols())
    assert [(row.guide, row.label) for row in laid] == [
        ("", "GET /orders"),
        ("├─ ", "SELECT shop"),
        ("│  └─ ", "parse"),
        ("└─ ", "GET"),
    ]
    assert [(row.offset, row.share) for row in laid] == [(0.0, 1.0), (0.2, 0.2), (0.3, 0.1), (0.5, 0.4)]
    assert [row.error for row in laid] == [False, False, False, True]


def test_a_span_says_what_it_called() -> None:
    assert [row.detail for row in rows([ROOT, QUERY, CALL, INSIDE], Symbols())] == [
        "200",
        "SELECT … FROM orders",
        "",
        "prices:80/tea 503",
    ]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param("SELECT 1", "SELECT 1", id="nothing to shorten"),
        pytest.param("INSERT INTO a\n VALUES (?)", "INSERT INTO a VALUES (?)", id="one line"),
        pytest.param("select a, b from c where d = ?", "SELECT … FROM c where d = ?", id="columns"),
    ],
)
def test_a_statement_is_shown_as(statement: str, expected: str) -> None:
    assert shortened(statement) == expected


def test_the_page_shows_traces_metrics_health_and_verdict() -> None:
    text = printed(verification(Check("spans arrive", "passed", "4 spans")))
    for line in (
        "Traces of shop ──",
        "GET /orders     200",
        "├─ SELECT shop  SELECT … FROM orders",
        "/orders  GET     2xx            2  5.0 ms",
        "database_queries_total 4",
        '/health  200  {"status": "ok"}',
        "✓  spans arrive  4 spans",
        "Proven: 1 check passed.",
    ):
        assert line in text


def test_a_failed_check_says_why_and_what_next() -> None:
    text = printed(verification(Check("spans arrive", "failed", "none", "nobody sends them", "Send them.")))
    assert (
        "✗  spans arrive  none\n                   why: nobody sends them\n                   next: Send them."
        in text
    )


def test_an_encoding_without_pictures_gets_plain_characters() -> None:
    text = printed(verification(Check("spans arrive", "passed", "4 spans")), encoding="ascii")
    assert "|- SELECT shop  SELECT ... FROM orders" in text
    assert ASCII.passed + "  spans arrive" in text


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_page_fits_a_terminal_of_width(width: int) -> None:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    print_report(
        verification(Check("spans arrive", "failed", "x" * 300, "y " * 200, "z " * 90)), console=console
    )
    assert isinstance(console.file, io.StringIO)
    assert max(map(len, console.file.getvalue().splitlines())) <= width


def test_square_brackets_in_answers_are_text_and_no_markup() -> None:
    found = verification(Check("readiness answers", "warning", "[red]x[/nothing]"))
    found.health["/ready"] = (503, '{"checks": ["[/bold]"]}')
    text = printed(found)
    assert "[red]x[/nothing]" in text
    assert '["[/bold]"]' in text
