"""The services of ``services.yml``: what they are, and where their sources come from."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from support.environments import cache_directory

_DATA = Path(__file__).with_name("services.yml")


@dataclass(frozen=True)
class Request:
    """A request to send, and what it must lead to.

    Attributes:
        path: With its query.
        status: Of the answer.
        span: Name of its only SERVER span; empty where there must be none.
        children: Names of spans that must stand below it.
    """

    path: str
    status: int = 200
    span: str = ""
    children: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """One service of the package index.

    Attributes:
        name: Of the distribution.
        version: The pinned release.
        sha256: Of its source archive.
        shape: Why it is here.
        requirements: What its own tests and its server need.
        tests: Arguments of pytest for its own tests.
        apply: More arguments of ``apply``.
        prepare: Module and arguments after ``python -m`` of what makes its database; run before it is launched.
        launch: Module and arguments after ``python -m``; ``{port}`` and ``{directory}`` are filled in.
        alive: A path that answers 200 as soon as it is up.
        environment: Variables of the service and of its tests.
        supplied: Files of its repository that the archive leaves out and its tests ask for, in our own words.
        files: Files to put beside the service for it to serve, by path below ``{directory}``.
        requests: What to send.
        endpoints: How many the analysis must see.
        boot: What to boot, so that its routes are compared with those that the analysis sees: ``MODULE:NAME`` of a Flask
            application or factory, ``django`` for what ``DJANGO_SETTINGS_MODULE`` names.
        unread: Routes of the booted application that reading cannot see, as patterns of fnmatch, and the reason.
        linter: Arguments after ``python -m`` of the project's own linter: for everything with a ``.`` at the end, else for
            the files that were changed.
    """

    name: str
    version: str
    sha256: str
    shape: str
    requirements: list[str]
    tests: list[str]
    launch: list[str]
    requests: list[Request]
    endpoints: int
    boot: str = ""
    unread: dict[str, str] = field(default_factory=dict)
    apply: list[str] = field(default_factory=list)
    prepare: list[str] = field(default_factory=list)
    alive: str = "/health"
    environment: dict[str, str] = field(default_factory=dict)
    supplied: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    linter: list[str] = field(default_factory=list)

    def unpack(self, directory: Path) -> Path:
        """Unpack its source archive below a directory and return the project's root."""
        with tarfile.open(self._archive()) as archive:
            archive.extractall(directory, filter="data")
        (root,) = directory.iterdir()
        write_files(root, self.supplied)
        return root

    def _archive(self) -> Path:
        kept = cache_directory() / "sdists"
        kept.mkdir(parents=True, exist_ok=True)
        path = kept / f"{self.name.replace('-', '_')}-{self.version}.tar.gz"
        if not path.exists():
            what = ["--no-deps", "--no-binary", ":all:", "--dest", str(kept), f"{self.name}=={self.version}"]
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", *what], check=True, timeout=300
            )
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest == self.sha256, f"{path.name} is not the archive this was written for: {digest}"
        return path


def write_files(directory: Path, files: dict[str, str]) -> None:
    """Write texts by their paths below a directory."""
    for path, text in files.items():
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def services() -> list[Service]:
    """Return all services."""
    return [
        _service(name, entry) for name, entry in yaml.safe_load(_DATA.read_text(encoding="utf-8")).items()
    ]


def _service(name: str, entry: dict[str, Any]) -> Service:
    requests = [
        Request(**{**item, "children": tuple(item.get("children", ()))}) for item in entry.pop("requests")
    ]
    return Service(name=name, requests=requests, **entry)
