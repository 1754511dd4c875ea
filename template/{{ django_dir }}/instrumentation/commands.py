"""The span of a management command: what it does to databases stands below it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.trace import Status, StatusCode

from .startup import around_commands

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRACER = trace.get_tracer(__name__)
# These end with the process that they are the purpose of, so their span would hold
# whatever it does in its life.
_LONG_RUNNING = frozenset(
    {
        "celery",
        "celerybeat",
        "celeryd",
        "daphne",
        "db_worker",
        "dbshell",
        "livereload",
        "process_tasks",
        "procrastinate",
        "qcluster",
        "rqscheduler",
        "rqworker",
        "rqworker_pool",
        "run_huey",
        "rundramatiq",
        "runmodwsgi",
        "runserver",
        "runserver_plus",
        "runworker",
        "shell",
        "shell_plus",
        "test",
        "testserver",
    }
)


def trace_commands() -> None:
    """Give each command a span, but for those that run until somebody ends them."""
    around_commands(_span)


@contextmanager
def _span(command: str) -> Iterator[None]:
    if command in _LONG_RUNNING:
        yield
        return
    with _TRACER.start_as_current_span(f"manage.py {command}") as span:
        try:
            yield
        except SystemExit as leaving:
            if leaving.code:
                span.set_status(Status(StatusCode.ERROR, f"exit code {leaving.code}"))
            raise
