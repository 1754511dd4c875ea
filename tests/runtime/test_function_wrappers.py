"""Decorators on every kind of function, on every Python that the generated code promises."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.rendered import packages, project

pytestmark = pytest.mark.runtime

SCRIPT = """
import asyncio, inspect, logging, pathlib, threading, time
import warnings
warnings.simplefilter("error")
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
from app.instrumentation.metrics import ORDERS_TOTAL, ORDER_SECONDS, counted, timed
from app.instrumentation.profiling import profiled
from app.instrumentation.spans import traced
from prometheus_client import REGISTRY

def everything(function):
    return profiled(traced(timed(ORDER_SECONDS)(counted(ORDERS_TOTAL)(function))))

def busy(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        sum(range(100))

@everything
def plain(kind, seconds=0.0):
    busy(seconds)
    return kind

@everything
async def coroutine(kind, seconds=0.0):
    await asyncio.sleep(0)
    busy(seconds)
    await asyncio.sleep(seconds)
    return kind

@everything
def generator(kind):
    received = yield 1
    try:
        yield received
    except KeyError:
        yield "caught"
    return "end"

@everything
async def async_generator(kind):
    received = yield 1
    try:
        yield received
    except KeyError:
        yield "caught"

@everything
def failing(kind):
    raise LookupError(kind)

@everything
def nested(kind, depth):
    return nested(kind, depth - 1) + 1 if depth else 0

# The kind of a function, and its signature, stay what they are.
assert inspect.iscoroutinefunction(coroutine)
assert inspect.isgeneratorfunction(generator)
assert inspect.isasyncgenfunction(async_generator)
assert list(inspect.signature(plain).parameters) == ["kind", "seconds"]
assert plain.__name__ == "plain" and plain.__module__ == "__main__"

assert plain("a") == "a"
assert asyncio.run(coroutine("b")) == "b"
steps = generator("c")
assert next(steps) == 1
assert steps.send("sent") == "sent"
assert steps.throw(KeyError()) == "caught"
try:
    next(steps)
except StopIteration as stop:
    assert stop.value == "end"

async def drive():
    steps = async_generator("d")
    assert await steps.__anext__() == 1
    assert await steps.asend("sent") == "sent"
    assert await steps.athrow(KeyError()) == "caught"
    assert [item async for item in steps] == []
    early = async_generator("early")
    await early.__anext__()
    await early.aclose()
    assert await asyncio.gather(*(coroutine("e") for _ in range(20))) == ["e"] * 20

asyncio.run(drive())
closed = generator("closed")
next(closed)
closed.close()
try:
    failing("f")
except LookupError as error:
    assert error.args == ("f",)
else:
    raise AssertionError
assert nested("n", 30) == 30
failures = []
def in_thread():
    try:
        assert plain("t") == "t"
    except BaseException as error:
        failures.append(error)
threads = [threading.Thread(target=in_thread) for _ in range(20)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert not failures, failures

def total(kind):
    return REGISTRY.get_sample_value("orders_total", {"kind": kind})
assert total("a") == 1 and total("t") == 20 and total("e") == 20 and total("n") == 31
assert not total("f"), "a call that fails is not counted"
spans = {}
for span in exporter.get_finished_spans():
    spans.setdefault(span.name, []).append(span)
assert len(spans["__main__.plain"]) == 21
assert len(spans["__main__.nested"]) == 31
failed, = spans["__main__.failing"]
assert failed.status.status_code is trace.StatusCode.ERROR and failed.events[0].name == "exception"
assert all(s.status.status_code is trace.StatusCode.UNSET for s in spans["__main__.generator"])

profiles = pathlib.Path("profiles")
assert not list(profiles.glob("*")), "nothing was slow so far"
plain("slow", 0.25)
asyncio.run(coroutine("slow", 0.15))
for thread in threading.enumerate():
    if thread is not threading.main_thread() and not thread.daemon: thread.join()
written = sorted(path.name for path in profiles.glob("*.html"))
assert len(written) == 2, written
for _ in range(6):
    plain("slow", 0.11)
for thread in threading.enumerate():
    if thread is not threading.main_thread() and not thread.daemon: thread.join()
assert len(list(profiles.glob("*.html"))) <= 4
print("fine")
"""
ANSWERS = {
    "custom_metrics": [
        {"name": "orders_total", "type": "counter", "description": "Orders.", "labels": ["kind"]},
        {"name": "order_seconds", "type": "histogram", "description": "Seconds an order takes."},
    ],
}
CONFIG = "profiling: {threshold_ms: 100, max_files: 4}\ntracing: {sampling_rate: 1.0}\n"


def pythons() -> list[str]:
    """Return the interpreters on this machine, one of each version from 3.10 on."""
    names = [f"python3.{minor}" for minor in range(10, 16)]
    found = {name: path for name in names if (path := shutil.which(name))}
    for name in names:
        installed = sorted(Path.home().glob(f".pyenv/versions/{name.removeprefix('python')}.*/bin/python"))
        if installed:
            found[name] = str(installed[-1])
    found.setdefault(f"python3.{sys.version_info.minor}", sys.executable)
    return list(dict(sorted(found.items(), key=lambda item: int(item[0].rpartition(".")[2]))).values())


def run(directory: Path, python: str, script: str, config: str, requirements: list[str]) -> str:
    made = project(
        directory, {"script.py": script, "config/instrumentation.yaml": config}, ANSWERS, requirements, python
    )
    done = subprocess.run(
        [str(made.python), "script.py"], cwd=made.directory, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


REQUIREMENTS = [*packages("config", "logging", "tracing", "metrics", "profiling"), "starlette", "anyio"]


@pytest.mark.parametrize("python", pythons(), ids=lambda path: Path(path).resolve().parent.parent.name)
def test_decorated_functions_of_every_kind_do_what_they_did(tmp_path: Path, python: str) -> None:
    assert run(tmp_path / "shop", python, SCRIPT, CONFIG, REQUIREMENTS) == "fine\n"


def test_profiling_that_is_off_leaves_the_function_itself(tmp_path: Path) -> None:
    script = """
from app.instrumentation.profiling import profiled

def function():
    return 1

assert profiled(function) is function
print("fine")
"""
    assert (
        run(tmp_path / "shop", sys.executable, script, "profiling: {enabled: false}\n", REQUIREMENTS)
        == "fine\n"
    )


def test_memory_profiles_name_the_lines_that_take_it(tmp_path: Path) -> None:
    script = """
import pathlib, threading
from app.instrumentation.profiling import profiled

kept = []

@profiled
def hungry():
    freed = [bytes(1000) for _ in range(2000)]
    kept.extend(bytes(1000) for _ in range(1000))
    return len(freed)

assert hungry() == 2000
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        thread.join()
page, = pathlib.Path("profiles").glob("*.memory.txt")
first, *lines = page.read_text().splitlines()
assert first.startswith("At most 2") or first.startswith("At most 3"), first
assert "script.py" in lines[0]
# Running a service must not show in `git status`.
assert pathlib.Path("profiles/.gitignore").read_text() == "*\\n"
print("fine")
"""
    config = "profiling: {memory: true, cpu: false, threshold_ms: 0}\n"
    assert run(tmp_path / "shop", sys.executable, script, config, REQUIREMENTS) == "fine\n"
