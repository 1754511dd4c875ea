"""Whatever server runs a Flask service, and however many workers: exact sums, and spans of every worker."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from support.flask_services import ENVIRONMENT, MAIN, flask_project
from support.processes import wait_until
from support.running import serve

from codemods.verification.receiver import OtlpReceiver

if TYPE_CHECKING:
    from pathlib import Path

    from support.running import Service

pytestmark = pytest.mark.runtime

REQUIREMENTS = ["flask>=3.1", "gunicorn", "waitress", "uwsgi"]
# `python -m` starts everything here; uWSGI is a program.
UWSGI_MODULE = """
import os
import sys

program = os.path.join(os.path.dirname(sys.executable), "uwsgi")
os.execv(program, ["uwsgi", "--home", sys.prefix, "--module", "app.main:app", "--need-app", *sys.argv[1:]])
"""
GUNICORN = ["gunicorn", "app.main:app", "--workers", "2", "--bind", "127.0.0.1:{port}"]
UWSGI = [
    "run_uwsgi",
    "--http-socket",
    "127.0.0.1:{port}",
    "--processes",
    "2",
    "--enable-threads",
    "--die-on-term",
]
WAITRESS = ["waitress", "--listen", "127.0.0.1:{port}", "app.main:app"]
SENT = 60


def total(service: Service) -> float:
    """Sum the requests to the root in one scrape, whichever worker answers it."""
    lines = service.request("/metrics").body.splitlines()
    wanted = 'http_requests_total{method="GET",route="/",'
    return sum(float(line.split()[-1]) for line in lines if line.startswith(wanted))


@pytest.mark.parametrize(
    ("command", "workers"),
    [
        pytest.param(GUNICORN, 2, id="gunicorn sync"),
        pytest.param([*GUNICORN, "--threads", "4", "--access-logfile", "-"], 2, id="gunicorn gthread"),
        pytest.param([*GUNICORN, "--preload"], 2, id="gunicorn --preload"),
        pytest.param([*UWSGI, "--master"], 2, id="uWSGI"),
        pytest.param([*UWSGI, "--master", "--lazy-apps"], 2, id="uWSGI --lazy-apps"),
        pytest.param(UWSGI, 2, id="uWSGI without a master"),
        pytest.param(WAITRESS, 1, id="waitress"),
    ],
)
def test_every_scrape_shows_all_requests_and_every_worker_sends_spans(
    tmp_path: Path, command: list[str], workers: int
) -> None:
    files = {"app/main.py": MAIN, "run_uwsgi.py": UWSGI_MODULE}
    service = flask_project(tmp_path / "shop", files, REQUIREMENTS)
    sent = 0
    seen: set[object] = set()
    with OtlpReceiver() as receiver:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        with serve(service, command, variables) as running:
            # Which worker takes a connection is up to the kernel, and one may still be starting.
            for _ in range(10):
                with ThreadPoolExecutor(8) as clients:
                    answers = list(clients.map(lambda _: running.request("/").status, range(SENT)))
                assert answers == [200] * SENT
                sent += SENT
                receiver.wait_for(sent, 10)
                seen = {span.resource["service.instance.id"] for span in receiver.spans()}
                if len(seen) == workers:
                    break
            wait_until(lambda: total(running) == sent, what="the count of the last request")
            scrapes = [total(running) for _ in range(10)]
            assert running.request("/file").status == 200
        spans = receiver.spans()
        log = running.process.output()
    assert len(seen) == workers
    assert len([span for span in spans if span.name == "GET /"]) == sent
    assert scrapes == [sent] * 10
    assert "Traceback" not in log
    if "gunicorn" in command:
        assert "GET /metrics" not in log


def test_uwsgi_without_threads_says_that_no_spans_are_sent(tmp_path: Path) -> None:
    files = {"app/main.py": MAIN, "run_uwsgi.py": UWSGI_MODULE}
    service = flask_project(tmp_path / "shop", files, REQUIREMENTS)
    command = [word for word in UWSGI if word != "--enable-threads"]
    with serve(service, [*command, "--master"], ENVIRONMENT) as running:
        assert running.request("/").status == 200
    assert "--enable-threads" in running.process.output()
