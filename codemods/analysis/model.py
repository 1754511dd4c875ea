"""What the analysis finds: plain values, the keys of the contract.

Every path is relative to the project root and written with forward slashes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Package:
    """Where a service's own code lives and how it imports itself.

    Attributes:
        import_root: Directory that is on ``sys.path`` when the service runs: ``.``, ``src``, ``backend`` …
        name: Dotted name of the top package; empty for a flat layout of modules.
        directory: Directory of that package: ``app``, ``src/shop``; the import root for a flat layout.
    """

    import_root: str
    name: str
    directory: str


@dataclass(frozen=True)
class Application:
    """One place where an application object of a supported framework is made.

    Attributes:
        file: The file of the constructor call.
        module: Dotted module name of that file, from the import root.
        name: The target as written: ``app``, ``application``, ``self.app``; empty for ``return FastAPI()``.
        scope: Qualified name of the enclosing function (``create_app``, ``Server.__init__``); empty at module level.
        line: 1-based line of the constructor call.
        framework: The framework's folder name: ``fastapi``, ``starlette``.
        constructor: Resolved dotted name of what is called: ``fastapi.FastAPI``, ``shop.app.ShopAPI``.
        endpoints: Endpoints reachable through this object, mounts and routers with their prefixes included.
        mounted: True when another application mounts it; it must not be set up a second time.
        test_only: True for objects made in test code.
        import_string: What a server is told to load, ``app.main:app`` or ``app.main:create_app``.
        factory: True when ``import_string`` names a callable that builds the application.
    """

    file: str
    module: str
    name: str
    scope: str
    line: int
    framework: str
    constructor: str
    endpoints: int = 0
    mounted: bool = False
    test_only: bool = False
    import_string: str = ""
    factory: bool = False


@dataclass(frozen=True)
class Endpoint:
    """One method and path as a client sees it."""

    method: str
    path: str
    file: str
    function: str
    line: int


@dataclass(frozen=True)
class EntryPoint:
    """A way into the program: ``api``, ``background_task`` or ``cli``."""

    file: str
    type: str
    app: str = ""
    endpoints: int = 0
    detail: str = ""


@dataclass(frozen=True)
class Connection:
    """A database, cache or HTTP client in use.

    Attributes:
        file: Where it is made.
        type: Key of the library in ``frameworks/python.yml``: ``sqlalchemy``, ``asyncpg``, ``redis``, ``httpx`` …
        target: ``module:attribute`` of a module-level object that a check can import; empty when there is none.
        is_async: Whether its calls must be awaited.
        models: ORM model classes (databases only).
        detail: What settings say of it: its alias and its kind.
        is_script: Whether it is made in a module that nothing imports, a script beside the service.
    """

    file: str
    type: str
    target: str = ""
    is_async: bool = False
    models: int = 0
    detail: str = ""
    is_script: bool = False


@dataclass(frozen=True)
class LaunchCommand:
    """A command that starts the service, as the project writes it.

    Attributes:
        file: Where it was read.
        command: The command line, in one line.
        server: ``uvicorn``, ``gunicorn``, ``hypercorn``, ``fastapi``, ``python``, ``celery``, ``rq`` …
        target: What it loads: ``app.main:app``, ``worker.celery``; empty when not visible.
        factory: True for a target that is called.
        workers: Number of worker processes, 1 when not given.
        preload: True under gunicorn's ``--preload``.
        reload: True under ``--reload``.
        directory: ``--app-dir``/``--chdir``/WORKDIR-relative directory when it differs from the root.
    """

    file: str
    command: str
    server: str
    target: str = ""
    factory: bool = False
    workers: int = 1
    preload: bool = False
    reload: bool = False
    directory: str = ""


@dataclass(frozen=True)
class ExistingInstrumentation:
    """Telemetry that the project has already.

    Attributes:
        kind: ``tracer_provider``, ``sentry``, ``ddtrace``, ``logfire``, ``newrelic``, ``azure_monitor``,
            ``elastic_apm``, ``aws_xray``, ``otel_instrumentor``,
            ``otel_distro``, ``native_telemetry``, ``prometheus_middleware``, ``metrics_route``,
            ``health_route``, ``readiness_route``,
            ``json_logging``, ``structlog``, ``loguru``, ``ours``.
        feature: Which of our features it answers: ``tracing``, ``metrics``, ``health``, ``logging``.
        file: Where it stands.
        line: 1-based line.
        detail: The object, route or package, as written.
    """

    kind: str
    feature: str
    file: str
    line: int
    detail: str


@dataclass(frozen=True)
class ManifestFile:
    """A dependency file or lock file.

    Attributes:
        file: The file.
        kind: ``requirements``, ``pep621``, ``poetry``, ``pdm``, ``uv``, ``pipfile``, ``setup.cfg``,
            ``setup.py``, or ``lock``.
        main: True for the file that new run-time dependencies go to.
    """

    file: str
    kind: str
    main: bool = False


@dataclass(frozen=True)
class SkippedFile:
    """A file that could not be read, with the reason."""

    file: str
    reason: str


@dataclass
class Analysis:
    """Everything found in one service. ``to_dict()`` gives the contract's keys.

    ``libraries`` are the keys of ``frameworks/python.yml`` in use; ``framework_telemetry`` says who makes the server
    span, ``native``, ``contrib`` or ``own``; ``commands`` are the places that run a framework's own command line
    (``manage.py``), and ``workers`` those that make the object of a task worker, described as applications are;
    ``unseen`` says in sentences what reading alone cannot tell; ``services`` is filled for a repository of several
    services, and then every list covers all of them and ``package`` is None.
    """

    project_path: str
    language: str = ""
    framework: str = ""
    framework_version: str = ""
    service_name: str = ""
    package: Package | None = None
    applications: list[Application] = field(default_factory=list)
    commands: list[Application] = field(default_factory=list)
    workers: list[Application] = field(default_factory=list)
    endpoints: list[Endpoint] = field(default_factory=list)
    entry_points: list[EntryPoint] = field(default_factory=list)
    database_connections: list[Connection] = field(default_factory=list)
    cache_connections: list[Connection] = field(default_factory=list)
    http_clients: list[Connection] = field(default_factory=list)
    async_operations: list[dict[str, Any]] = field(default_factory=list)
    launch_commands: list[LaunchCommand] = field(default_factory=list)
    existing_instrumentation: list[ExistingInstrumentation] = field(default_factory=list)
    package_manager: str = ""
    manifests: list[ManifestFile] = field(default_factory=list)
    dependencies: dict[str, str] = field(default_factory=dict)
    python_requires: str = ""
    instrumentation_needed: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    libraries: list[str] = field(default_factory=list)
    framework_telemetry: str = ""
    unseen: list[str] = field(default_factory=list)
    skipped_files: list[SkippedFile] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the analysis as JSON-ready values, the keys of the contract first."""
        return asdict(self)
