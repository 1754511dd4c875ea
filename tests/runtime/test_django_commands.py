"""Management commands: a span each, and the project's own tests as if nothing was there."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from support.django_project import django_project

from codemods.verification.receiver import OtlpReceiver

if TYPE_CHECKING:
    from pathlib import Path

    from support.running import Project

pytestmark = pytest.mark.runtime

TESTS = """
import logging

from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import LiveServerTestCase, TestCase
from urllib.request import urlopen
from urllib.error import HTTPError


class Tests(TestCase):
    databases = "__all__"

    def test_queries_headers_and_mail_are_as_before(self):
        with self.assertNumQueries(1):
            response = self.client.get("/orders/1/", HTTP_HOST="shop.example")
        assert set(response.headers) == {
            "Content-Type", "X-Content-Type-Options", "Referrer-Policy",
            "Cross-Origin-Opener-Policy", "Content-Length",
        }, response.headers
        assert self.client.get("/health", HTTP_HOST="shop.example").status_code == 404
        assert mail.outbox == []
        assert connection.execute_wrappers == []
        formatters = [type(handler.formatter).__name__ for handler in logging.getLogger().handlers]
        assert "JsonFormatter" not in formatters
        call_command("tidy")


class Live(LiveServerTestCase):
    databases = "__all__"

    def test_a_live_server_is_not_instrumented(self):
        try:
            urlopen(self.live_server_url + "/health")
        except HTTPError as error:
            assert error.code in (400, 404), error.code
"""


def manage(
    project: Project, *arguments: str, endpoint: str = "http://127.0.0.1:9"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(project.python), *arguments],
        cwd=project.directory,
        env={"PATH": "/usr/bin:/bin", "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_command_has_a_span_with_its_queries_and_its_error(tmp_path: Path) -> None:
    project = django_project(tmp_path / "shop")
    with OtlpReceiver() as receiver:
        for arguments in (["migrate", "-v0"], ["tidy"], ["tidy", "--fail"], ["shell", "-c", "print(1)"]):
            manage(project, "manage.py", *arguments, endpoint=receiver.endpoint)
        spans = receiver.spans()
    commands = [span for span in spans if span.kind == "internal"]
    assert [span.name for span in commands] == ["manage.py migrate", "manage.py tidy", "manage.py tidy"]
    assert [span.status for span in commands] == ["unset", "unset", "error"]
    for command in commands:
        assert {span.parent_id for span in spans if span.trace_id == command.trace_id} == {
            "",
            command.span_id,
        }


def test_a_command_ends_in_time_and_quietly_while_nobody_takes_spans(tmp_path: Path) -> None:
    project = django_project(tmp_path / "shop")
    done = manage(project, "manage.py", "check")
    assert done.returncode == 0
    assert done.stdout == "System check identified no issues (0 silenced).\n"
    assert len(done.stderr.splitlines()) <= 1


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["manage.py", "test"], id="manage.py test"),
        pytest.param(["-m", "pytest", "-q", "--ds", "config.settings", "shop/tests.py"], id="pytest-django"),
    ],
)
def test_the_projects_own_tests_run_as_before(tmp_path: Path, command: list[str]) -> None:
    # A module that sets up everything, as a Celery application or a test of wsgi.py does, comes too late to matter.
    project = django_project(
        tmp_path / "shop", "django>=5.2,<6", "pytest-django", files={"shop/tests.py": TESTS}
    )
    with OtlpReceiver() as receiver:
        done = manage(project, *command, endpoint=receiver.endpoint)
        assert done.returncode == 0, done.stdout + done.stderr
        assert receiver.spans() == []
    assert "Traceback" not in done.stderr
    assert '{"timestamp"' not in done.stderr
