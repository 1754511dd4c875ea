"""Reads what benchmark tools write. The format is recognised by its shape, so a suite says nothing about itself.

* pytest-benchmark: https://pytest-benchmark.readthedocs.io/en/stable/comparing.html
* JMH, ``-rf json``: https://github.com/openjdk/jmh
* tinybench, its tasks: https://github.com/tinylibs/tinybench
* mitata, ``format: "json"``: https://github.com/evanwashere/mitata
* anything else: ``{"name of a benchmark": [seconds, seconds, …]}``
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from quality.errors import QualityError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Rows = Iterator[tuple[str, list[float]]]

_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "hr": 3600.0, "day": 86400.0}


def read_results(text: str, where: str) -> dict[str, list[float]]:
    """Read the results of one run.

    Args:
        text: JSON; lines before it are skipped, since many suites print as they go.
        where: What to call the suite in messages.

    Returns:
        Seconds of each iteration by benchmark; one number where the tool keeps no more.

    Raises:
        QualityError: It is not JSON, not of a known shape, or has a time that is not a positive number.
    """
    document = _json(text, where)
    reader = _reader(document)
    if reader is None:
        raise QualityError(
            "its results are of no known shape",
            where=where,
            hint="Known are pytest-benchmark, JMH, tinybench tasks, mitata, and {name: [seconds, …]}.",
        )
    try:
        results = dict(reader(document))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as error:
        raise QualityError(f"its results cannot be read: {error!r}", where=where) from None
    for name, seconds in results.items():
        if not seconds or not all(math.isfinite(value) and value > 0 for value in seconds):
            raise QualityError(
                f"{name} has a time that is not a positive number of seconds",
                where=where,
                hint="Let each iteration do more: the clock cannot see this little.",
            )
    return results


def _json(text: str, where: str) -> Any:
    starts = [0, *(place + 1 for place, character in enumerate(text) if character == "\n")]
    for start in starts:
        if text[start : start + 1] in ("{", "["):
            try:
                return json.loads(text[start:])
            except ValueError:
                continue
    raise QualityError(
        "gave no JSON",
        where=where,
        hint="Write the results to the file that the environment variable BENCHMARK_JSON names, or print them last.",
    )


def _reader(document: Any) -> Callable[[Any], Rows] | None:
    if isinstance(document, list):
        first = document[0] if document and isinstance(document[0], dict) else {}
        return _jmh if "primaryMetric" in first else _tinybench if "name" in first else None
    if not isinstance(document, dict):
        return None
    benchmarks = document.get("benchmarks")
    if isinstance(benchmarks, list):
        first = benchmarks[0] if benchmarks and isinstance(benchmarks[0], dict) else {}
        return _mitata if "runs" in first else _pytest_benchmark
    return _plain if document and all(isinstance(value, list) for value in document.values()) else None


def _pytest_benchmark(document: Any) -> Rows:
    for benchmark in document["benchmarks"]:
        stats = benchmark["stats"]
        yield benchmark["fullname"], [float(value) for value in stats.get("data") or [stats["median"]]]


def _jmh(document: Any) -> Rows:
    for benchmark in document:
        metric = benchmark["primaryMetric"]
        unit, _, per = metric["scoreUnit"].partition("/")
        scores = [float(score) for fork in metric["rawData"] for score in fork]
        parameters = ", ".join(f"{key}={value}" for key, value in sorted(benchmark.get("params", {}).items()))
        name = f"{benchmark['benchmark']} ({parameters})" if parameters else benchmark["benchmark"]
        # Throughput is operations by time; all other modes are time by operation.
        yield name, [_UNITS[per] / score if unit == "ops" else _UNITS[unit] * score for score in scores]


def _tinybench(document: Any) -> Rows:
    for task in document:
        result = task.get("result") or task
        # Up to version 2 the statistics stood in the result itself; from 3 on under `latency`. All in milliseconds.
        latency = result.get("latency") or result
        samples = latency.get("samples") or [latency[key] for key in ("p50", "mean") if key in latency][:1]
        yield task["name"], [float(value) / 1e3 for value in samples]


def _mitata(document: Any) -> Rows:
    for benchmark in document["benchmarks"]:
        for run in benchmark["runs"]:
            stats = run["stats"]
            yield run["name"], [float(value) / 1e9 for value in stats.get("samples") or [stats["p50"]]]


def _plain(document: Any) -> Rows:
    for name, seconds in document.items():
        yield name, [float(value) for value in seconds]
