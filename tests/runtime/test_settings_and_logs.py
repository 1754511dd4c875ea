"""The settings a service reads at start-up, and the log lines it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support.processes import free_port
from support.rendered import ANSWERS, packages, project
from support.running import Service, start

from codemods.render import render

if TYPE_CHECKING:
    from pathlib import Path

SHOW = "import json, dataclasses; from app.instrumentation.config import get_config; print(json.dumps(dataclasses.asdict(get_config()), default=list))"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("shop")
    for name, content in (render(ANSWERS | {"sampling_rate": 0.25}) | {"app/__init__.py": b""}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    # The settings need PyYAML only, so they are read without the packages of the other features.
    (root / "app/instrumentation/__init__.py").write_text("")
    return root


def settings(
    service: Path, tmp_path: Path, files: dict[str, str], **variables: str
) -> tuple[dict[str, dict[str, object]], str]:
    """Return the settings that a service reads from some files, and its error output."""
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    named = {"INSTRUMENTATION_CONFIG": str(tmp_path / "instrumentation.yaml")} if files else {}
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        capture_output=True,
        text=True,
        check=False,
        cwd=service,
        env={"PATH": os.environ["PATH"], **named, **variables},
    )
    return json.loads(done.stdout or "{}"), done.stderr


def test_no_file_leaves_the_defaults(service: Path, tmp_path: Path) -> None:
    found, _ = settings(service, tmp_path, {"instrumentation.yaml": ""})
    assert found["tracing"]["sampling_rate"] == 0.25
    assert found["health"]["endpoint"] == "/health"


def test_the_rendered_file_says_what_the_defaults_say(service: Path, tmp_path: Path) -> None:
    rendered, _ = settings(service, tmp_path, {})
    defaults, _ = settings(service, tmp_path, {"instrumentation.yaml": ""})
    assert rendered == defaults


def test_the_file_of_the_environment_lies_over_the_base(service: Path, tmp_path: Path) -> None:
    files = {
        "instrumentation.yaml": "tracing: {service_name: base, sampling_rate: 0.5}\n",
        "instrumentation.staging.yaml": "tracing: {sampling_rate: 1}\n",
    }
    found, _ = settings(service, tmp_path, files, ENVIRONMENT="staging")
    assert (found["tracing"]["service_name"], found["tracing"]["sampling_rate"]) == ("base", 1.0)


def test_values_name_variables_with_and_without_a_default(service: Path, tmp_path: Path) -> None:
    file = (
        "tracing: {service_name: '${NAME}', sampling_rate: '${RATE:-0.75}'}\nmetrics: {port: '${PORT:-}'}\n"
    )
    found, _ = settings(service, tmp_path, {"instrumentation.yaml": file}, NAME="from-env")
    assert found["tracing"]["service_name"] == "from-env"
    assert found["tracing"]["sampling_rate"] == 0.75
    assert found["metrics"]["port"] is None


def test_variables_of_opentelemetry_win_over_the_files(service: Path, tmp_path: Path) -> None:
    found, _ = settings(
        service,
        tmp_path,
        {"instrumentation.yaml": "tracing: {service_name: base}\n"},
        OTEL_SERVICE_NAME="named",
        OTEL_EXPORTER_OTLP_ENDPOINT="http://collector:4318",
        OTEL_TRACES_SAMPLER="always_on",
        OTEL_TRACES_SAMPLER_ARG="0.5",
        OTEL_SDK_DISABLED="true",
    )
    assert found["tracing"] == {
        "enabled": False,
        "service_name": "named",
        "otlp_endpoint": "http://collector:4318",
        "sampling_rate": 0.5,
        "sampler": "always_on",
    }


@pytest.mark.parametrize(
    ("file", "words"),
    [
        pytest.param("tracing: {sampling_rat: 1}", ["sampling_rat", "sampling_rate"], id="typo in a key"),
        pytest.param("tracingg: {enabled: true}", ["tracingg", "tracing"], id="typo in a section"),
        pytest.param("tracing: {sampling_rate: 1.5}", ["sampling_rate", "0 to 1"], id="more than all traces"),
        pytest.param("tracing: {sampling_rate: some}", ["sampling_rate", "a number", "some"], id="no number"),
        pytest.param("metrics: {enabled: maybe}", ["metrics.enabled", "true or false"], id="no truth value"),
        pytest.param("metrics: true", ["metrics", "settings"], id="no section"),
        pytest.param("- a", ["sections"], id="a list"),
        pytest.param("a: [", ["YAML"], id="no YAML"),
        pytest.param("tracing: {service_name: '${NOT_SET}'}", ["NOT_SET", ":-"], id="variable not set"),
    ],
)
def test_a_mistake_is_named_with_the_file_and_the_way_out(
    service: Path, tmp_path: Path, file: str, words: list[str]
) -> None:
    found, error = settings(service, tmp_path, {"instrumentation.yaml": file})
    assert not found
    last = error.strip().splitlines()[-1] if "YAML" not in words else error
    assert [word for word in [*words, "instrumentation.yaml"] if word not in last] == []


LOGS = """
import logging
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from app.instrumentation.logs import setup_logging

setup_logging()
setup_logging()
log = logging.getLogger("shop.orders")
tracer = TracerProvider().get_tracer("test")
with tracer.start_as_current_span("work") as span:
    log.info("order %s", 7, extra={"order": 7, "handler": object})
try:
    raise LookupError("gone")
except LookupError:
    log.exception("failed")
loop = {}
loop["itself"] = loop
log.warning("odd", extra={"loop": loop})
print(trace.format_trace_id(span.get_span_context().trace_id))
"""


@pytest.mark.runtime
def test_log_lines_are_json_with_trace_and_extras(tmp_path: Path) -> None:
    made = project(
        tmp_path / "shop", {"script.py": LOGS}, {"metrics": False}, packages("config", "logging", "tracing")
    )
    done = subprocess.run(
        [str(made.python), "script.py"], cwd=made.directory, capture_output=True, text=True, check=True
    )
    order, failed, odd = (json.loads(line) for line in done.stderr.splitlines())
    assert (order["level"], order["logger"], order["message"]) == ("INFO", "shop.orders", "order 7")
    assert order["order"] == 7
    assert order["trace_id"] == done.stdout.strip()
    assert len(order["span_id"]) == 16
    assert "LookupError: gone" in failed["exception"]
    assert "trace_id" not in failed
    assert "odd" in odd["message"]


@pytest.mark.runtime
@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param("logging: {format: text}", " INFO shop: hello", id="text"),
        pytest.param("logging: {format: xml}", '"message": "hello"', id="unknown format"),
        pytest.param("logging: {level: LOUD}", '"message": "hello"', id="unknown level"),
    ],
)
def test_a_setting_that_is_unknown_never_stops_the_service(
    tmp_path: Path, config: str, expected: str
) -> None:
    script = """
import logging
from app.instrumentation.logs import setup_logging
logging.getLogger().setLevel("INFO")
setup_logging()
logging.getLogger("shop").info("hello")
"""
    files = {"script.py": script, "config/instrumentation.yaml": config + "\n"}
    made = project(tmp_path / "shop", files, {"metrics": False}, packages("config", "logging", "tracing"))
    done = subprocess.run(
        [str(made.python), "script.py"], cwd=made.directory, capture_output=True, text=True, check=True
    )
    assert expected in done.stderr
    assert ("Unknown log" in done.stderr) == ("text" not in config)


@pytest.mark.runtime
def test_logging_that_migrations_set_up_while_it_starts_does_not_undo_json(tmp_path: Path) -> None:
    script = """
import logging, sys
from app.instrumentation.logs import setup_logging

setup_logging()
replaced = logging.StreamHandler(sys.stderr)
replaced.setFormatter(logging.Formatter("%(levelname)s [%(name)s] %(message)s"))
logging.getLogger().handlers[:] = [replaced]  # what alembic's fileConfig does
logging.getLogger("werkzeug").warning("Running on http://127.0.0.1:5000")
logging.getLogger("shop").warning("hello")
"""
    made = project(
        tmp_path / "shop",
        {"script.py": script},
        {"framework": "flask", "metrics": False, "health": False, "tracing": False},
        packages("config", "logging"),
    )
    done = subprocess.run(
        [str(made.python), "script.py"], cwd=made.directory, capture_output=True, text=True, check=True
    )
    assert [json.loads(line)["message"] for line in done.stderr.splitlines()] == [
        "Running on http://127.0.0.1:5000",
        "hello",
    ]


RUN = """
import uvicorn
from fastapi import FastAPI

from app.instrumentation.logs import setup_logging

app = FastAPI()
setup_logging()


@app.get("/health")
def health():
    return "well"


if __name__ == "__main__":
    uvicorn.run(app, port={port})
"""


@pytest.mark.runtime
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["app.main"], id="uvicorn.run"),
        pytest.param(["fastapi", "run", "app/main.py", "--port", "{port}"], id="fastapi run"),
    ],
)
def test_a_server_that_sets_its_logging_after_the_service_writes_json_too(
    tmp_path: Path, command: list[str]
) -> None:
    port = free_port()
    needed = [*packages("config", "logging"), "fastapi[standard]>=0.165", "uvicorn"]
    files = {"app/main.py": RUN.format(port=port)}
    made = project(tmp_path / "shop", files, {"metrics": False, "tracing": False}, needed)
    process = start(made, [word.format(port=port) for word in command], {})
    try:
        process.wait_ready(lambda: Service(process, port).request("/health").status == 200)
    finally:
        process.stop()
    about = [line for line in process.output().splitlines() if "Uvicorn running" in line or "GET" in line]
    assert about
    assert [line for line in about if not line.startswith("{")] == []
