"""The whole proof on the sample service: applied by the tool's own command, started, asked, judged."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.processes import free_port
from support.running import Project, observed

from codemods.operation import Options, execute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.runtime

SAMPLE = Path(__file__).parents[2] / "examples" / "orders"
CONSTRUCTION = 'app = FastAPI(title="Orders", version="1.0.0", lifespan=lifespan)\n'
CALLS = ("setup_tracing(app)\n", "setup_metrics(app)\n", "setup_health(app)\n")


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return observed(SAMPLE, tmp_path_factory.mktemp("applied") / "orders")


@pytest.fixture(scope="module")
def pricing() -> Iterator[str]:
    port = free_port()
    server = subprocess.Popen([sys.executable, str(SAMPLE / "pricing.py"), str(port)])
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait()


@pytest.fixture
def verify(
    applied: Project, pricing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    """Verify a copy of the applied sample whose main module was changed."""
    monkeypatch.setenv("PRICING_URL", pricing)

    def run(change: Callable[[str], str] = str, **parameters: Any) -> dict[str, Any]:
        directory = tmp_path / "orders"
        shutil.copytree(applied.directory, directory)
        main = directory / "orders" / "main.py"
        before = main.read_text()
        main.write_text(change(before))
        given = {"python": str(applied.python), **parameters}
        result = execute("verify", str(directory), given, Options())
        assert "checks" in result.data, result.errors
        assert result.exit_code == (0 if result.success else 1)
        return {**result.data, "errors": result.errors}

    return run


def failed(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in data["checks"] if check["outcome"] == "failed"}


def moved(call: str, place: str, indent: str = "    ") -> Callable[[str], str]:
    """Return a change that takes a call from behind the application and puts it behind another line."""

    def change(source: str) -> str:
        assert source.count(call) == 1
        assert source.count(place) == 1
        return source.replace(call, "").replace(place, f"{place}{indent}{call}")

    return change


def test_the_sample_is_proven_with_every_check_passed(verify: Callable[..., dict[str, Any]]) -> None:
    data = verify(allow_writes=True)
    assert data["passed"], data["errors"]
    assert {check["outcome"] for check in data["checks"]} == {"passed"}, data["checks"]
    names = {span["name"] for span in data["spans"] if span["kind"] == "server"}
    assert {"GET /customers/{customer_id}/orders", "POST /orders", "GET /orders/quote/{sku}"} <= names
    posted = next(span for span in data["spans"] if span["name"] == "POST /orders")
    inside = [span for span in data["spans"] if span["parent_id"] == posted["span_id"]]
    assert {
        str(span["attributes"].get("db.system.name") or span["attributes"].get("db.system"))
        for span in inside
    } == {
        "sqlite",
        "None",
    }
    assert data["health"]["/ready"]["status"] == 200


def test_without_permission_nothing_is_written(verify: Callable[..., dict[str, Any]]) -> None:
    data = verify()
    assert data["passed"], data["errors"]
    assert {request["method"] for request in data["requests"]} == {"GET"}


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("    Base.metadata.create_all(engine)\n", id="into the lifespan"),
        pytest.param(
            'def index() -> dict[str, str]:\n    """Say who is answering."""\n', id="into a request"
        ),
    ],
)
@pytest.mark.parametrize("calls", [CALLS, CALLS[:1]], ids=["all calls", "tracing alone"])
def test_set_up_that_is_moved_to_where_it_comes_too_late_fails_with_the_reason(
    verify: Callable[..., dict[str, Any]], place: str, calls: tuple[str, ...]
) -> None:
    def change(source: str) -> str:
        for call in calls:
            source = moved(call, place)(source)
        return source

    data = verify(change)
    assert not data["passed"]
    assert "`setup_tracing(app)`" in failed(data)["set-up comes before the first request"]["advice"]
    assert "directly behind `app = FastAPI(...)` in orders/main.py." in "\n".join(data["errors"])


@pytest.mark.parametrize(
    ("change", "name"),
    [
        pytest.param(
            lambda source: source.replace("setup_metrics(app)\n", ""),
            "the metrics page parses",
            id="metrics not set up",
        ),
        pytest.param(
            lambda source: source.replace("setup_health(app)\n", ""),
            "health answers 200",
            id="health not set up",
        ),
        pytest.param(
            lambda source: source.replace("setup_logging()\n", ""),
            "log lines carry the trace",
            id="logging not set up",
        ),
        pytest.param(
            lambda source: source.replace(
                CONSTRUCTION,
                "from opentelemetry import trace\n"
                "from opentelemetry.sdk.trace import TracerProvider\n"
                f"{CONSTRUCTION}",
            ).replace(
                "setup_tracing(app)\n", "setup_tracing(app)\ntrace.set_tracer_provider(TracerProvider())\n"
            ),
            "the service starts and exports quietly",
            id="a second tracer provider",
        ),
    ],
)
def test_a_broken_set_up_is_not_proven(
    verify: Callable[..., dict[str, Any]], change: Callable[[str], str], name: str
) -> None:
    assert name in failed(verify(change))
