"""One verification from start to end: receiver, service, requests, evidence, verdicts."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from codemods.errors import UsageError
from codemods.facts import load_framework
from codemods.verification.checks import run_checks
from codemods.verification.evidence import Evidence
from codemods.verification.interpreter import find_interpreter
from codemods.verification.receiver import OtlpReceiver
from codemods.verification.requests import (
    HEALTH,
    METRICS,
    READINESS,
    Request,
    plan_requests,
    send,
    unknown_path,
)
from codemods.verification.service import Service, free_port, launch_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from codemods.analysis.model import Analysis, Application
    from codemods.verification.evidence import Check
    from codemods.verification.receiver import Span
    from codemods.verification.requests import Exchange

_OK = 200
_UNKNOWN_PATHS = 2
_QUIET = 0.7
_DESCRIPTION = "/openapi.json"


@dataclass
class Verification:
    """What a verification found.

    Attributes:
        checks: The verdicts.
        exchanges: Requests and answers, in the order they were sent.
        spans: Every span that arrived.
        evidence: All of it, for showing.
        command: What started the service.
        python: The interpreter.
        metrics_text: The metrics page after the requests.
        health: The answers of health and readiness: status and body by path.
        output: What the service printed.
    """

    checks: list[Check]
    exchanges: list[Exchange]
    spans: list[Span]
    evidence: Evidence
    command: str = ""
    python: str = ""
    metrics_text: str = ""
    health: dict[str, tuple[int, str]] = field(default_factory=dict)
    output: str = ""

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return all(check.passed for check in self.checks)

    @property
    def requests(self) -> list[Request]:
        """What was sent."""
        return [exchange.request for exchange in self.exchanges]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready values; of the output only the last part."""
        return {
            "passed": self.passed,
            "checks": [asdict(check) for check in self.checks],
            "requests": [
                {
                    "method": one.request.method,
                    "path": one.request.path,
                    "route": one.request.route,
                    "purpose": one.request.purpose,
                    "status": one.status,
                    "milliseconds": round((one.end - one.start) / 1e6, 3),
                    "trace_id": one.trace_id,
                    **({"error": one.error} if one.error else {}),
                }
                for one in self.exchanges
            ],
            "spans": [{**asdict(span), "milliseconds": round(span.milliseconds, 3)} for span in self.spans],
            "health": {
                path: {"status": status, "body": body} for path, (status, body) in self.health.items()
            },
            "command": self.command,
            "python": self.python,
            "output": self.output[-20_000:],
        }


def verify_project(
    root: Path,
    analysis: Analysis,
    answers: Mapping[str, Any],
    *,
    application: Application,
    launch: str = "",
    python: str = "",
    timeout: float = 60.0,
    headers: Sequence[str] = (),
    allow_writes: bool = False,
    limit: int = 20,
    echo: Callable[[str], None] | None = None,
) -> Verification:
    """Start a project's service, send requests and judge what arrives.

    This is the one place of the whole project that runs the user's code.

    Args:
        root: The service's directory.
        analysis: What was found in it.
        answers: How it was instrumented: the recorded answers.
        application: The application to start.
        launch: A command to start it with; ``{port}`` becomes the port.
        python: An interpreter to use; found when not given.
        timeout: Seconds until the service must answer, and as many again for all requests.
        headers: Header lines of each request to the service's own routes.
        allow_writes: Send requests that write, too.
        limit: How many requests at most.
        echo: Takes one line for each step.

    Returns:
        Verdicts and evidence.

    Raises:
        UsageError: The service's interpreter or command cannot be found, or the decoder is not installed.
        ServiceFailedError: The service does not start.
    """
    say = echo or (lambda _line: None)
    fields = _fields(headers)
    with OtlpReceiver() as receiver:
        interpreter = find_interpreter(root, python, modules=[] if launch else _modules(application))
        port = free_port()
        command = launch_for(analysis, application, interpreter, port, launch)
        say(f"Starting {command}")
        environment = child_environment(receiver.endpoint, interpreter, port, command.environment)
        service = Service(command, environment, port, timeout=timeout)
        with service:
            deadline = time.monotonic() + timeout
            # The first answer takes the longest, and says that somebody speaks HTTP there.
            description = send(service.url, Request("GET", _DESCRIPTION), timeout=timeout)
            if not description.status:
                raise service.failure(f"the service listens and does not answer ({description.error})")
            before = _scrape(service, answers)
            exchanges = _exchanges(
                service, analysis, answers, description, deadline, say, (allow_writes, limit, fields)
            )
            after = _scrape(service, answers)
            if not service.running:
                raise service.failure("the service died while it was asked")
            _wait_for_spans(receiver, exchanges, answers, deadline)
        # Whatever an exporter still held, it has sent when the service stopped.
        evidence = Evidence(
            analysis,
            application,
            answers,
            exchanges,
            receiver.spans(),
            before.body if before else "",
            after.body if after and after.status == _OK else "",
            after.content_type if after else "",
            service.output,
        )
    health = {one.request.path: (one.status, one.body) for one in evidence.of(HEALTH, READINESS)}
    return Verification(
        run_checks(evidence),
        exchanges,
        list(evidence.spans),
        evidence,
        str(command),
        str(interpreter),
        evidence.metrics_after,
        health,
        service.output,
    )


def child_environment(
    endpoint: str, python: Path, port: int, needed: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment of the service: the user's, with its telemetry directed to the receiver.

    What the command needs comes before what the user has: his FLASK_APP may name another application.

    See https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/.
    """
    # The user's own OTEL_* settings describe production; here they would send the proof elsewhere.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "PYTEST_"))}
    for name in ("NO_PROXY", "no_proxy"):
        kept[name] = ",".join(filter(None, [kept.get(name), "127.0.0.1", "localhost"]))
    for name, value in (needed or {}).items():
        before = kept.get(name) if name == "PYTHONPATH" else None
        kept[name] = os.pathsep.join(filter(None, [value, before]))
    if (python.parent.parent / "pyvenv.cfg").is_file():
        kept["VIRTUAL_ENV"] = str(python.parent.parent)
        kept["PATH"] = os.pathsep.join([str(python.parent), kept.get("PATH", os.defpath)])
    return {
        **kept,
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_TRACES_SAMPLER": "parentbased_always_on",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }


def _modules(application: Application) -> list[str]:
    framework = load_framework(application.framework)
    words = framework.launch.command.split()
    return [*framework.modules[:1], *(words[1:2] if words[0] == "-m" else [])]


def _exchanges(
    service: Service,
    analysis: Analysis,
    answers: Mapping[str, Any],
    description: Exchange,
    deadline: float,
    say: Callable[[str], None],
    choice: tuple[bool, int, Mapping[str, str]],
) -> list[Exchange]:
    allow_writes, limit, fields = choice
    own = _own_paths(answers)
    planned = plan_requests(
        _openapi(description),
        analysis.endpoints,
        own=[path for path, _ in own],
        allow_writes=allow_writes,
        limit=limit,
    )
    planned += [unknown_path() for _ in range(_UNKNOWN_PATHS)]
    planned = [replace(request, headers={**fields, **request.headers}) for request in planned]
    planned += [Request("GET", path, purpose=purpose) for path, purpose in own]
    done: list[Exchange] = []
    for request in planned:
        left = deadline - time.monotonic()
        if left <= 1 or not service.running:
            say(f"{len(planned) - len(done)} requests were not sent, for want of time")
            break
        exchange = send(service.url, request, timeout=min(10.0, left))
        say(f"{request}  {exchange.status or exchange.error}")
        done.append(exchange)
    return done


def _fields(lines: Sequence[str]) -> dict[str, str]:
    """Read header lines.

    Raises:
        UsageError: One has no name or no value.
    """
    fields = {}
    for line in lines:
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not (colon and name and value):
            raise UsageError(
                f"not a header: {line!r}", where="--headers", hint="Write it as 'Host: shop.example'."
            )
        fields[name] = value
    return fields


def _own_paths(answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    health = bool(answers.get("health"))
    wanted = (
        (health, "health_endpoint", "/health", HEALTH),
        (health, "readiness_endpoint", "/ready", READINESS),
        (bool(answers.get("metrics")), "metrics_endpoint", "/metrics", METRICS),
    )
    paths = [(str(answers.get(key, path)), purpose) for there, key, path, purpose in wanted if there]
    # An empty path is one that the project answers itself.
    return [(path, purpose) for path, purpose in paths if path]


def _scrape(service: Service, answers: Mapping[str, Any]) -> Exchange | None:
    path = next((path for path, purpose in _own_paths(answers) if purpose == METRICS), "")
    return send(service.url, Request("GET", path, purpose=METRICS)) if path else None


def _openapi(description: Exchange) -> dict[str, Any] | None:
    if description.status != _OK:
        return None
    try:
        document = json.loads(description.body)
    except ValueError:
        return None
    return document if isinstance(document, dict) and "paths" in document else None


def _wait_for_spans(
    receiver: OtlpReceiver, exchanges: list[Exchange], answers: Mapping[str, Any], deadline: float
) -> None:
    if not answers.get("tracing"):
        return
    wanted = {one.trace_id for one in exchanges if one.request.route}
    left = max(0.0, deadline - time.monotonic())
    receiver.wait_for(lambda spans: wanted <= {span.trace_id for span in spans}, min(3.0, left))
    # One more may be on its way for each: a second server span is what this is about.
    receiver.settle(_QUIET, min(5.0, left))
