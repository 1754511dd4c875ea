"""Facts as data: the YAML files of ``frameworks/``, read once and checked when they are read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml

from codemods.errors import UsageError
from codemods.launch_facts import Launch, ServerProgram
from codemods.library_facts import GeneratedCall, Library
from codemods.routing_facts import Extension, Fact, Routes, Unread
from codemods.url_facts import SettingsFiles, UrlPatterns

if TYPE_CHECKING:
    from collections.abc import Iterable


class Train(Fact):
    """One OpenTelemetry release: the versions that were published, and resolve, together."""

    core: str
    contrib: str
    minimum_python: str
    core_packages: list[str]
    contrib_packages: list[str]
    needs: list[Need]


class Need(Fact):
    """What a package of the train needs of packages that are none of it."""

    package: str
    requires: list[str]
    brought_by: list[str] = []


class FeatureFacts(Fact):
    """What one feature needs: packages at run time, and the set-up call behind the application's construction."""

    packages: list[str]
    setup: GeneratedCall | None = None


class Existing(Fact):
    """Telemetry that a project may have already.

    Attributes:
        kind: What it is.
        feature: The feature of ours that it answers.
        calls: Resolved names that are called, or handed to a call.
        imports: Modules that are imported.
        commands: Words of a launch command.
        settings: Dotted names that stand as strings in the lists of a settings file.
        includes: Modules of URL patterns that are included.
    """

    kind: str
    feature: str
    calls: list[str] = []
    imports: list[str] = []
    commands: list[str] = []
    settings: list[str] = []
    includes: list[str] = []


class WellKnownRoutes(Fact):
    """Paths by which a project's own metrics, health and readiness routes are known."""

    metrics: list[str]
    health: list[str]
    readiness: list[str]


class Background(Fact):
    """How work outside a request is recognised: names of classes as parameters or calls, and of task decorators."""

    tasks: list[str]
    decorators: list[str]


class SlowPatterns(Fact):
    """Resolved names of calls that make a function slow where they stand in the wrong place."""

    blocking: list[str]
    http: list[str]
    queries: list[str]
    files: list[str]


class RuntimeFacts(Fact):
    """Everything known about a language's services, whatever the framework (``frameworks/python.yml``)."""

    train: Train
    features: dict[str, FeatureFacts]
    decorators: dict[str, GeneratedCall]
    libraries: dict[str, Library]
    existing: list[Existing]
    well_known_routes: WellKnownRoutes
    background: Background
    command_lines: list[str]
    migrations: list[str]
    servers: dict[str, ServerProgram]
    server_calls: list[str]
    slow: SlowPatterns

    def requirements(
        self, features: Iterable[str], libraries: Iterable[str] = (), *contrib: Framework
    ) -> list[str]:
        """Return the packages that generated code needs at run time, from the one solved version train.

        Args:
            features: The features in use.
            libraries: Keys of the libraries that are traced.
            contrib: Frameworks whose server span a contrib package makes.

        Returns:
            PEP 508 requirements, each once, sorted.
        """
        lines = [line for feature in features for line in self.features[feature].packages]
        lines += [self.libraries[name].package for name in libraries]
        lines += [framework.telemetry.contrib_package for framework in contrib]
        return sorted({self.requirement(line) for line in lines if line}, key=str.lower)

    def requirement(self, template: str) -> str:
        """Return a requirement with the train's versions in the place of ``{core}`` and ``{contrib}``."""
        return template.format(core=self.train.core, contrib=self.train.contrib)


class Telemetry(Fact):
    """Who makes the server span: the framework from a version on, a contrib package, or else the generated package."""

    native_from: str = ""
    contrib_package: str = ""


class Commands(Fact):
    """The program behind a framework's command line, which is set up beside the application.

    Attributes:
        calls: Resolved names of what runs a command.
        features: Features that a command has any use for.
        folder: Where the project's own commands stand, one a file: ``management/commands``.
    """

    calls: list[str]
    features: list[str]
    folder: str = ""


class Framework(Fact):
    """One folder of ``frameworks/``: everything known about a framework.

    Attributes:
        proxies: Resolved names that stand for the application wherever they are used.
        extensions: Classes of other packages that declare routes in their own way.
        unread: What adds routes that no source shows.
        command_decorators: Attributes of an application or a router that decorate a command of its command line.
        runs: Methods of an application that serve it.
        interface: What the generated package hangs on: ``asgi`` or ``wsgi`` for an application object, ``django`` for
            the middleware list of a process.
        late_decorators: Attributes of an application or a router that decorate what runs when the server has started.
        strategy: Where set-up calls go: ``after_construction`` of the application, with it as their argument, or
            ``before_construction``, without one: whatever is made in that process is set up by them.
        served_as: The name under which a module that makes an application offers it to servers.
        absent: What to do where a project of the framework makes no application.
        settings: Where the project's settings stand.
        urls: Where its endpoints stand, if it is not in calls on the application.
    """

    name: str
    title: str
    language: Literal["python", "javascript", "java"]
    interface: Literal["asgi", "wsgi", "django"]
    distribution: str
    modules: list[str]
    applications: list[str]
    routers: list[str]
    proxies: list[str] = []
    routes: Routes
    extensions: list[Extension] = []
    unread: list[Unread] = []
    command_decorators: list[str] = []
    runs: list[str] = []
    late_decorators: list[str] = []
    strategy: Literal["after_construction", "before_construction"]
    served_as: str = ""
    absent: str = ""
    commands: Commands | None = None
    settings: SettingsFiles | None = None
    urls: UrlPatterns | None = None
    telemetry: Telemetry
    minimum_version: str
    launch: Launch

    @property
    def objects(self) -> list[str]:
        """Return the resolved names of all classes whose objects have to do with routes."""
        made = [name for extension in self.extensions for name in extension.classes]
        return [*self.applications, *self.routers, *made]

    @property
    def process_wide(self) -> bool:
        """Whether one set-up is for every application object of a process, so that there is no choice among them."""
        return self.strategy == "before_construction"


@cache
def source_directory() -> Path:
    """Return the directory that holds ``copier.yml``, ``template/`` and ``frameworks/``.

    In a checkout that is the repository; in an installed wheel it is ``codemods/_source``.
    """
    package = Path(__file__).resolve().parent
    packed = package / "_source"
    return packed if packed.is_dir() else package.parent


@cache
def frameworks() -> list[str]:
    """Return the names of the supported frameworks: the folders of ``frameworks/`` with a ``framework.yml``."""
    return sorted(path.parent.name for path in (source_directory() / "frameworks").glob("*/framework.yml"))


@cache
def load_framework(name: str) -> Framework:
    """Read one framework's facts.

    Args:
        name: Folder name, for example ``fastapi``.

    Raises:
        UsageError: There is no such framework.
    """
    if name not in frameworks():
        raise UsageError(f"unknown framework {name!r}", hint=f"Known frameworks: {', '.join(frameworks())}.")
    data = _read_yaml(source_directory() / "frameworks" / name / "framework.yml")
    return Framework(name=name, **data)


@cache
def python_facts() -> RuntimeFacts:
    """Read what is known about Python services: the version train, libraries, existing telemetry."""
    return RuntimeFacts(**_read_yaml(source_directory() / "frameworks" / "python.yml"))


def load_yaml(text: str) -> Any:
    """Read YAML as ``yaml.safe_load`` does, by libyaml where PyYAML was built with it: ten times faster."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders


def _read_yaml(path: Path) -> dict[str, Any]:
    data = load_yaml(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise UsageError("holds no mapping", where=str(path))
    return data


def train_requirements() -> list[str]:
    """Return every requirement of the version train, so that it can be installed as a whole."""
    facts = python_facts()
    return facts.requirements(facts.features, facts.libraries, *map(load_framework, frameworks()))


if __name__ == "__main__":
    print("\n".join(train_requirements()))  # noqa: T201
