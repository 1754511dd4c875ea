"""What detection knows, as data: ``pipelines/detection.yml``, read once and checked when it is read."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from codemods.facts import load_yaml, source_directory
from codemods.routing_facts import Fact


class VersionFile(Fact):
    """A file that pins the version of a language; ``pattern`` has a group ``version``."""

    name: str
    pattern: str


class Language(Fact):
    """One language.

    Attributes:
        suffixes: Endings of its source files.
        manifests: Patterns of names of the files that show a project of it.
        supported: Versions that get fixes and that packages are ready for, the oldest first.
        released: Versions that are out as well.
        version_files: Files that pin a version, the strongest first.
        images: Patterns of container images that hold a version of it.
        pipelines: Patterns of the settings of pipelines that name a version.
        names: Names of versions.
    """

    suffixes: list[str]
    manifests: list[str]
    supported: list[str]
    released: list[str]
    version_files: list[VersionFile]
    images: list[str]
    pipelines: list[str]
    names: dict[str, str] = {}


class Manager(Fact):
    """A package manager: its lock files, and what goes before a command that needs the project's packages."""

    language: Literal["python", "javascript", "java"]
    locks: list[str] = []
    run: str = ""


class TestTool(Fact):
    """A program or library that runs tests, what shows it, and how it is called where no script says so.

    Attributes:
        imports: A module that test files import.
        script: A file of the project that runs them; it and the package must both be there.
    """

    language: Literal["python", "javascript", "java"]
    packages: list[str] = []
    files: list[str] = []
    tables: list[str] = []
    sections: list[str] = []
    imports: str = ""
    script: str = ""
    command: str = ""


class Linter(Fact):
    """A linter, formatter or type checker, and what shows that a project uses it.

    Attributes:
        together: Whether the package alone is no sign, only together with a file.
    """

    packages: list[str] = []
    files: list[str] = []
    tables: list[str] = []
    sections: list[str] = []
    hooks: list[str] = []
    plugins: list[str] = []
    together: bool = False


class DockerFiles(Fact):
    """Patterns of the paths of image and compose files."""

    image: str
    compose: str


class ServerSigns(Fact):
    """What shows that a project needs a server; see the comments in ``pipelines/detection.yml``."""

    relational: bool = False
    stands_for: str = ""
    images: list[str] = []
    schemes: list[str] = []
    drivers: dict[str, list[str]] = {}
    words: list[str] = []


class Dialect(Fact):
    """The scheme of addresses for a driver, where one of some packages reads them."""

    needs: list[str]
    server: str
    driver: str
    scheme: str


class ImplicitRead(Fact):
    """A call that reads a variable of the environment which it does not name."""

    pattern: str
    name: str


class Variables(Fact):
    """How names of variables of the environment are understood."""

    unrelated: list[str]
    implicit: list[ImplicitRead]
    example_files: list[str]
    parts: dict[str, list[str]]
    roles: dict[str, list[str]]
    kinds: dict[str, list[str]]


class SpringVariables(Fact):
    """Variables that Spring Boot reads for a server when one of some artifacts is there."""

    server: str
    artifacts: list[str]
    variables: dict[str, str]


class Serving(Fact):
    """How one server serves an application.

    Attributes:
        package: The package that brings it.
        command: Its command; ``{app}`` is the import string.
        factory: What is added for an object that is called; None where it takes no such object.
        directory: What is added for another import root than the directory; None where it cannot.
    """

    package: str
    command: str
    factory: str | None = None
    directory: str | None = None


class WebFramework(Fact):
    """Packages that make a project a service, the port it takes by default, and how it is served.

    Attributes:
        archive: Whether its build leaves an archive that Java starts.
        serve: How an application is served where no file of the project says it.
    """

    packages: list[str]
    port: int
    archive: bool = False
    serve: list[Serving] = []


class Detection(Fact):
    """All of ``pipelines/detection.yml``."""

    hidden: list[str]
    languages: dict[str, Language]
    managers: dict[str, Manager]
    tests: dict[str, TestTool]
    test_scopes: str
    linters: dict[str, Linter]
    ci: dict[str, list[str]]
    docker: DockerFiles
    servers: dict[str, ServerSigns]
    local_schemes: list[str]
    embedded: list[str]
    plain_schemes: dict[str, str]
    dialects: list[Dialect]
    variables: Variables
    spring: list[SpringVariables]
    frameworks: dict[str, WebFramework]
    benchmarks: list[str]


@cache
def detection() -> Detection:
    """Read the facts of detection.

    Raises:
        pydantic.ValidationError: A key of the file is unknown or has the wrong type.
    """
    text = (source_directory() / "pipelines" / "detection.yml").read_text(encoding="utf-8")
    return Detection(**load_yaml(text))


@cache
def server_addresses() -> dict[str, str]:
    """Return the usual address of every server that a pipeline can start: ``url`` in ``pipelines/services.yml``."""
    text = (source_directory() / "pipelines" / "services.yml").read_text(encoding="utf-8")
    return {name: facts["url"] for name, facts in load_yaml(text).items()}


@cache
def any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return one pattern that matches a whole text when one of several does."""
    return re.compile("(?:" + "|".join(f"(?:{pattern})" for pattern in patterns) + r")\Z")
