"""One service, from its archive to applied, tested, traced, and back."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from support.environments import environment
from support.processes import Process, free_port

from codemods.analysis import analyze
from codemods.record import RECORD_FILE
from codemods.verification.receiver import SERVER, OtlpReceiver, Span
from realworld.catalogue import write_files
from realworld.checkout import Checkout, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from realworld.catalogue import Request, Service

_QUIET_SECONDS = 0.6
_BOOT = Path(__file__).with_name("booted_routes.py")


@dataclass(frozen=True)
class Answered:
    """A request, the status it got, and the spans it led to."""

    request: Request
    status: int
    spans: list[Span]

    @property
    def server_spans(self) -> list[str]:
        """Names of the SERVER spans."""
        return [span.name for span in self.spans if span.kind == SERVER]


@dataclass
class Journey:
    """What was seen on the way.

    Attributes:
        service: Which one.
        checkout: Its working tree.
        endpoints: How many the analysis saw.
        seen: Their paths.
        booted: The paths of the routes of the booted application, when there is one to compare with.
        tests_before: Outcome of each of its own tests on the released code.
        applied: What ``apply`` said.
        tests_after: The same tests on the changed code, in the same environment.
        linted: What the project's own linter says about the changed files; empty when it is content.
        linted_before: What it said about the same files as they were released.
        answered: The requests, with their spans.
        health: Status of our health endpoint and what was traced of it.
        metrics: The text of our metrics endpoint, after the requests.
        log: What the running service wrote.
        litter: What git sees after its tests and its requests that ``apply`` did not write.
        again: What a second ``apply`` said.
        changed_again: Whether the second one changed a byte.
        removed: What ``remove`` said.
        status: What git sees at the end.
        same_bytes: Whether every byte is as it was.
    """

    service: Service
    checkout: Checkout
    python: Path
    place: Path
    endpoints: int = 0
    seen: set[str] = field(default_factory=set)
    booted: set[str] = field(default_factory=set)
    tests_before: dict[str, str] = field(default_factory=dict)
    applied: Outcome | None = None
    tests_after: dict[str, str] = field(default_factory=dict)
    linted: str = ""
    linted_before: str = ""
    answered: list[Answered] = field(default_factory=list)
    health: tuple[int, list[Span]] = (0, [])
    metrics: str = ""
    log: str = ""
    litter: list[str] = field(default_factory=list)
    again: Outcome | None = None
    changed_again: bool = True
    removed: Outcome | None = None
    status: str = ""
    same_bytes: bool = False

    @classmethod
    def of(cls, service: Service, place: Path) -> Journey:
        """Take a service all the way."""
        checkout = Checkout.commit(service.unpack(place / "source"))
        write_files(place / "files", service.files)
        promised = checkout.run("apply", "--defaults", "--diff", *service.apply)
        assert promised.exit_code == 0, promised.output
        # One environment for before and after: what differs then is the code and nothing else.
        python = environment([*service.requirements, *promised.data["dependencies_added"]])
        journey = cls(service, checkout, python, place)
        journey._take()
        return journey

    def _take(self) -> None:
        begin = self.checkout.digest()
        endpoints = analyze(self.checkout.root).endpoints
        self.endpoints, self.seen = len(endpoints), {endpoint.path for endpoint in endpoints}
        self.booted = self._booted()
        self.tests_before = self._own_tests("before")
        self.applied = self.checkout.run("apply", "--defaults", *self.service.apply)
        changed = [path for path in self.applied.data.get("files_modified", []) if path.endswith(".py")]
        self.linted = self._linted(changed)
        self.tests_after = self._own_tests("after")
        self._serve()
        written = {*self.applied.data["files_created"], *self.applied.data["files_modified"], RECORD_FILE}
        self.litter = [path for path in self.checkout.changed() if path not in written]
        # Profiles of slow calls; git does not see them, the digest would.
        shutil.rmtree(self.checkout.root / "profiles", ignore_errors=True)
        applied = self.checkout.digest()
        self.again = self.checkout.run("apply", "--defaults", *self.service.apply)
        self.changed_again = self.checkout.digest() != applied
        self.removed = self.checkout.run("remove")
        self.status = self.checkout.status()
        self.same_bytes = self.checkout.digest() == begin
        self.linted_before = self._linted(changed)

    def _filled(self, words: list[str], **more: str) -> list[str]:
        return [word.format(directory=self.place / "files", **more) for word in words]

    def _variables(self) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
        own = dict(
            zip(self.service.environment, self._filled([*self.service.environment.values()]), strict=True)
        )
        return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", **own}

    def _booted(self) -> set[str]:
        if not self.service.boot:
            return set()
        done = subprocess.run(
            [str(self.python), str(_BOOT), str(self.checkout.root), self.service.boot],
            cwd=self.checkout.root,
            env=self._variables(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
        return set(json.loads(done.stdout.splitlines()[-1]))

    def _own_tests(self, name: str) -> dict[str, str]:
        """Run the service's own tests; return the outcome of each by its name."""
        report = self.place / f"{name}.xml"
        command = [str(self.python), "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
        done = subprocess.run(
            [*command, *self.service.tests],
            cwd=self.checkout.root,
            env=self._variables(),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert report.exists(), (
            f"{self.service.name}'s own tests did not run {name}:\n{done.stdout}{done.stderr}"
        )
        # Our own run of the tool wrote this file.
        cases = ET.parse(report).iter("testcase")  # noqa: S314
        return {f"{case.get('classname')}::{case.get('name')}": _outcome(case) for case in cases}

    def _linted(self, files: list[str]) -> str:
        if not self.service.linter:
            return ""
        done = subprocess.run(
            [
                str(self.python),
                "-m",
                *self.service.linter,
                *([] if self.service.linter[-1] == "." else files),
            ],
            cwd=self.checkout.root,
            env=self._variables(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return f"{done.stdout}{done.stderr}" if done.returncode else ""

    def _prepare(self) -> None:
        if not self.service.prepare:
            return
        command = [str(self.python), "-m", *self._filled(self.service.prepare)]
        done = subprocess.run(
            command,
            cwd=self.checkout.root,
            env=self._variables() | {"OTEL_SDK_DISABLED": "true"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"

    def _serve(self) -> None:
        self._prepare()
        with OtlpReceiver() as receiver, self._running(receiver) as base:
            receiver.settle(_QUIET_SECONDS, 5)
            for request in self.service.requests:
                receiver.clear()
                status = _ask(base + request.path)[0]
                receiver.wait_for(1 if request.span else 0, 5)
                receiver.settle(_QUIET_SECONDS, 5)
                self.answered.append(Answered(request, status, receiver.spans()))
            receiver.clear()
            status = _ask(base + "/health")[0]
            receiver.settle(_QUIET_SECONDS, 2)
            self.health = (status, receiver.spans())
            self.metrics = _ask(base + "/metrics")[1]

    @contextlib.contextmanager
    def _running(self, receiver: OtlpReceiver) -> Iterator[str]:
        port = free_port()
        traced = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
            "OTEL_TRACES_SAMPLER": "always_on",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        command = [str(self.python), "-m", *self._filled(self.service.launch, port=str(port))]
        process = Process(command, self.place / "service.log", self.checkout.root, self._variables() | traced)
        process.start()
        base = f"http://127.0.0.1:{port}"
        try:
            process.wait_ready(lambda: _ask(base + self.service.alive)[0] == 200, seconds=60)
            yield base
        finally:
            process.stop()
            self.log = process.output()


def _outcome(case: ET.Element) -> str:
    return next((child.tag for child in case if child.tag in {"failure", "error", "skipped"}), "passed")


def _ask(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", "replace")
