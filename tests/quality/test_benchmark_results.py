"""The formats of benchmark results, told by their shape. What real tools write is in test_benchmark_suites.py."""

from __future__ import annotations

import json
from typing import Any

import pytest
from quality.benchmark_results import read_results
from quality.errors import QualityError


def read(document: Any) -> dict[str, list[float]]:
    return read_results(json.dumps(document), "suite")


def jmh(
    unit: str, mode: str = "avgt", scores: list[list[float]] | None = None, **more: Any
) -> dict[str, Any]:
    metric = {"score": 1.0, "scoreUnit": unit, "rawData": scores or [[200.0, 250.0]]}
    return {"benchmark": "shop.Prices.total", "mode": mode, "primaryMetric": metric, **more}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(
            {"benchmarks": [{"fullname": "b.py::t", "stats": {"median": 2.0, "data": [1.0, 3.0]}}]},
            {"b.py::t": [1.0, 3.0]},
            id="pytest-benchmark keeps every iteration",
        ),
        pytest.param(
            {"benchmarks": [{"fullname": "b.py::t", "stats": {"median": 2.0}}]},
            {"b.py::t": [2.0]},
            id="pytest-benchmark without its data",
        ),
        pytest.param(
            [jmh("us/op")], {"shop.Prices.total": pytest.approx([200e-6, 250e-6])}, id="JMH, average time"
        ),
        pytest.param(
            [jmh("ops/ms", "thrpt")],
            {"shop.Prices.total": pytest.approx([5e-6, 4e-6])},
            id="JMH, throughput is turned round",
        ),
        pytest.param(
            [jmh("s/op", params={"size": "10", "kind": "a"})],
            {"shop.Prices.total (kind=a, size=10)": [200.0, 250.0]},
            id="JMH with parameters",
        ),
        pytest.param(
            [{"name": "sum", "result": {"latency": {"p50": 2.0, "mean": 9.0}}}],
            {"sum": [0.002]},
            id="tinybench without samples: the median",
        ),
        pytest.param(
            [{"name": "sum", "result": {"mean": 9.0, "samples": [1.0, 2.0]}}],
            {"sum": [0.001, 0.002]},
            id="tinybench 2",
        ),
        pytest.param(
            {"benchmarks": [{"runs": [{"name": "sum", "stats": {"p50": 5.0, "samples": [4.0, 6.0]}}]}]},
            {"sum": pytest.approx([4e-9, 6e-9])},
            id="mitata",
        ),
        pytest.param({"start": [0.5, 0.25]}, {"start": [0.5, 0.25]}, id="plain"),
    ],
)
def test_seconds_come_out_whatever_the_tool(document: Any, expected: dict[str, Any]) -> None:
    assert read(document) == expected


def test_lines_before_the_document_are_skipped() -> None:
    assert read_results('warming up {fast}\n[1/2]\n{\n "a": [1.0]\n}\n', "suite") == {"a": [1.0]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "gave no JSON", id="nothing"),
        pytest.param('{"a": [1.0', "gave no JSON", id="cut off"),
        pytest.param("[1, 2]", "no known shape", id="numbers without names"),
        pytest.param('{"a": 1}', "no known shape", id="no list of seconds"),
        pytest.param('{"a": []}', "a has a time that is not", id="no iteration"),
        pytest.param('{"a": [0.0]}', "a has a time that is not", id="too fast for the clock"),
        pytest.param('{"a": [NaN]}', "a has a time that is not", id="not a number"),
        pytest.param('{"a": ["fast"]}', "cannot be read", id="a word"),
        pytest.param('{"benchmarks": [{"stats": {}}]}', "cannot be read", id="pytest-benchmark, cut"),
        pytest.param(
            '[{"name": "a", "result": {}}]', "a has a time that is not", id="tinybench: a task that failed"
        ),
        pytest.param(json.dumps([jmh("x/op")]), "cannot be read: KeyError('x')", id="JMH, unknown unit"),
        pytest.param(json.dumps([jmh("ops/s", scores=[[0.0]])]), "cannot be read", id="JMH, no operation"),
    ],
)
def test_what_is_no_result_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(QualityError) as caught:
        read_results(text, "bench.mjs")
    assert str(caught.value).startswith("bench.mjs: ")
    assert message in str(caught.value)
