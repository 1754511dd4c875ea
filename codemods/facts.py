"""Facts as data: the YAML files of ``frameworks/``, read once and checked when they are read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from codemods.errors import UsageError
from codemods.launch_facts import ServerProgram  # noqa: TC001 - read by pydantic
from codemods.routing_facts import Extension, Routes, Unread  # noqa: TC001 - read by pydantic

if TYPE_CHECKING:
    from collections.abc import Iterable

Role = Literal["database", "cache", "http", "worker", "scheduler"]


class _Fact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Train(_Fact):
    """One OpenTelemetry release: the versions that were published, and resolve, together."""

    core: str
    contrib: str
    minimum_python: str
    core_packages: list[str]
    contrib_packages: list[str]
    needs: list[Need]


class Need(_Fact):
    """What a package of the train needs of packages that are none of it."""

    package: str
    requires: list[str]
    brought_by: list[str] = []


class Constructor(_Fact):
    """A resolved dotted name whose call makes a connection or client.

    Attributes:
        call: The name.
        is_async: Whether the object's calls must be awaited.
        checkable: Whether readiness can ask the object: a pool or a client, not one connection that others use.
    """

    call: str
    is_async: bool
    checkable: bool = True


class Models(_Fact):
    """How ORM model classes are recognised: by the resolved names of their bases.

    Attributes:
        bases: The names.
        makers: Classes whose objects have a base as an attribute: `db = SQLAlchemy()`, `class Order(db.Model)`.
        attribute: The attribute.
        abstract: The attribute of a class that is True where the class is no model itself.
        direct: Whether a class right below one of them is a model already, and not the project's own base.
    """

    bases: list[str] = []
    makers: list[str] = []
    attribute: str = ""
    abstract: str = "__abstract__"
    direct: bool = False


class Check(_Fact):
    """The body of a readiness check for an object that only the service's own code can reach."""

    plain: str = ""
    awaited: str = ""


class Events(_Fact):
    """A library that tells the generated package itself what it does, in the place of a contrib instrumentor.

    Attributes:
        spans: The generated function that gives its calls spans; none where its calls have no spans of their own.
        counts: The generated function that counts its queries or look-ups.
        check: The generated function that asks every connection that has been made, for objects without a name.
    """

    counts: GeneratedCall
    spans: GeneratedCall | None = None
    check: GeneratedCall | None = None


class Library(_Fact):
    """A library that a service may use, and how it is traced: by an instrumentor, by its own events, or not at all.

    Attributes:
        interface: The only interface whose generated files know it; empty when all do.
        counts_lookups: Whether the service counts its look-ups itself, with a function that the metrics have for it.
        local_kinds: Kinds of what settings list that need no check, because nothing of another machine is in them.
    """

    role: Role
    title: str
    modules: list[str]
    distributions: list[str]
    package: str = ""
    instrumentor: str = ""
    events: Events | None = None
    interface: str = ""
    counts_lookups: bool = False
    local_kinds: list[str] = []
    constructors: list[Constructor] = []
    setup: GeneratedCall | None = None
    models: Models | None = None
    check: Check | None = None


class GeneratedCall(_Fact):
    """A function of the generated package that injected code calls or decorates with."""

    module: str
    function: str
    arguments: list[str] = []


class FeatureFacts(_Fact):
    """What one feature needs: packages at run time, and the set-up call behind the application's construction."""

    packages: list[str]
    setup: GeneratedCall | None = None


class Existing(_Fact):
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


class WellKnownRoutes(_Fact):
    """Paths by which a project's own metrics, health and readiness routes are known."""

    metrics: list[str]
    health: list[str]
    readiness: list[str]


class Background(_Fact):
    """How work outside a request is recognised: names of classes as parameters or calls, and of task decorators."""

    tasks: list[str]
    decorators: list[str]


class SlowPatterns(_Fact):
    """Resolved names of calls that make a function slow where they stand in the wrong place."""

    blocking: list[str]
    http: list[str]
    queries: list[str]
    files: list[str]


class RuntimeFacts(_Fact):
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


class Telemetry(_Fact):
    """Who makes the server span: the framework from a version on, a contrib package, or else the generated package."""

    native_from: str = ""
    contrib_package: str = ""


class Commands(_Fact):
    """The program behind a framework's command line, which is set up beside the application.

    Attributes:
        calls: Resolved names of what runs a command.
        features: Features that a command has any use for.
        folder: Where the project's own commands stand, one a file: ``management/commands``.
    """

    calls: list[str]
    features: list[str]
    folder: str = ""


class ConnectionSetting(_Fact):
    """A setting that holds connections by their aliases.

    Attributes:
        setting: Its name.
        key: The key of a connection that says what kind it is.
        library: Key of ``libraries`` that stands for them.
    """

    setting: str
    key: str
    library: str


class SettingsFiles(_Fact):
    """Settings that stand in Python modules and are named by a variable of the environment.

    Attributes:
        variable: The variable.
        object: Resolved name of the object through which code reads them.
        includes: Resolved names of functions that read further files in.
        connections: Settings with databases and caches.
        telemetry: Settings that name components as strings: applications, middleware, formatters.
    """

    variable: str
    object: str
    includes: list[str] = []
    connections: list[ConnectionSetting] = []
    telemetry: list[str] = []


class UrlRouters(_Fact):
    """Objects that make URL patterns for the classes that are registered with them.

    Attributes:
        plain: Resolved names of routers that make list, detail and action patterns.
        rooted: Of those that add a pattern for their root, and one with a format suffix for each.
        nested: Of those whose patterns stand below another router's; they are ``plain`` or ``rooted`` as well.
        actions: What the library's own base classes answer.
        decorators: Resolved names of decorators that make an extra action.
    """

    plain: list[str] = []
    rooted: list[str] = []
    nested: list[str] = []
    actions: dict[str, list[str]] = {}
    decorators: list[str] = []


class UrlApis(_Fact):
    """Objects whose decorated functions become URL patterns.

    Attributes:
        apis: Resolved names of the classes whose ``urls`` are included.
        routers: Of those that an API takes in.
        methods: Methods that decorate one operation.
        several: Methods that decorate an operation of several HTTP methods.
        include: Method that takes a router in.
        pages: Keyword arguments of the API that turn its own pages off, with their usual path.
    """

    apis: list[str] = []
    routers: list[str] = []
    methods: dict[str, str] = {}
    several: list[str] = []
    include: str = ""
    pages: dict[str, str] = {}


class UrlPatterns(_Fact):
    """A URL configuration: lists of patterns that name views or include further lists.

    Attributes:
        setting: The setting that names the root module.
        variable: The list in a module.
        paths: Resolved names of functions whose first argument is a path.
        regexes: Of those whose first argument is a regular expression.
        include: Of the functions that include a module or a list.
        lists: Of those that take patterns and give a list with a language in front.
        debug: Of those that give patterns under debugging only, with the setting that holds their path.
        suffixed: Of those that add a format suffix to each pattern of a list.
        admin: Resolved names of objects and classes with patterns of their own, by the title they are told by.
        websockets: Of the constructors that are given patterns of web sockets.
        translated: Of the functions that may stand around a path to translate it.
        methods: HTTP methods of the library's own view classes, and of decorators without arguments.
        method_decorators: Decorators that are given the methods as a list.
        routers: Routers.
        apis: APIs.
    """

    setting: str
    variable: str
    paths: list[str]
    regexes: list[str]
    include: list[str]
    lists: list[str] = []
    debug: dict[str, str] = {}
    suffixed: list[str] = []
    admin: dict[str, str] = {}
    websockets: list[str] = []
    translated: list[str] = []
    methods: dict[str, list[str]] = {}
    method_decorators: list[str] = []
    routers: UrlRouters = UrlRouters()
    apis: UrlApis = UrlApis()


class Server(_Fact):
    """A server that is taken where it is installed.

    Attributes:
        module: What shows that it is installed, and follows ``python -m``.
        serves: The part of a constructor's name that says what it serves: ``asgi``, ``wsgi``.
        command: What follows the module.
        directory: What is added for a service that is imported from another directory than its root.
    """

    module: str
    serves: str
    command: str
    directory: str = ""


class Launch(_Fact):
    """How an application is served when the project does not say.

    Attributes:
        command: What follows ``python``; ``{import_string}``, ``{module}``, ``{name}`` and ``{port}`` are filled in.
        serves: The part of a constructor's name that the command is for; empty when it serves all.
        factory: What is added for an import string that names a factory.
        directory: What is added for a service that is imported from another ``{directory}`` than its root.
        environment: Variables of the environment, filled in alike; ``{directory}`` is added to what ``PYTHONPATH`` has.
        servers: What is taken first, where it is installed.
    """

    command: str
    serves: str = ""
    factory: str = ""
    directory: str = ""
    environment: dict[str, str] = {}
    servers: list[Server] = []


class Framework(_Fact):
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
