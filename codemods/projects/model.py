"""What is found about a project: plain values that never change.

Every path is relative to the root that was given and written with forward slashes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from codemods.analysis.model import SkippedFile

# What a scope's packages are asked for by: the manifest itself, a requirements file, a group, an extra, or by nothing
# that a package manager installs, so that they are installed by name.
ScopeKind = Literal["main", "file", "group", "extra", "packages"]


@dataclass(frozen=True)
class Claim:
    """What one place says about the version of the language.

    Attributes:
        text: A version or a range, as written.
        source: Where it stands.
        exact: Whether it pins a version; otherwise it is a range.
    """

    text: str
    source: str
    exact: bool


@dataclass(frozen=True)
class Scope:
    """Packages that a project asks for together.

    Attributes:
        kind: How they are installed.
        name: The file, group or extra.
        packages: Names in their normal form, and ``name[extra]`` for each extra of one.
    """

    kind: ScopeKind
    name: str
    packages: frozenset[str]


@dataclass(frozen=True)
class Manifest:
    """What the dependency and build files of one directory say.

    Attributes:
        name: The project's own name.
        package_manager: A key of ``managers`` in ``pipelines/detection.yml``.
        package_manager_version: The version that the project asks for, if any; ``classic`` or ``berry`` for a yarn
            without one.
        dependencies_file: The file that run-time dependencies are listed in.
        lock_file: The file that the package manager locks versions in; empty when there is none.
        wrapper: Path of a wrapper script (``mvnw``, ``gradlew``).
        scopes: Packages, the run-time ones first.
        claims: What is said about the language's version, the strongest first.
        plugins: Identifiers of build plugins.
        scripts: Named commands (npm).
        module_name: The file that a runtime starts without being told (npm's ``main``).
        modules: Directories of the parts of a build of several.
        warnings: Contradictions.
    """

    name: str = ""
    package_manager: str = ""
    package_manager_version: str = ""
    dependencies_file: str = ""
    lock_file: str = ""
    wrapper: str = ""
    scopes: tuple[Scope, ...] = ()
    claims: tuple[Claim, ...] = ()
    plugins: frozenset[str] = frozenset()
    scripts: dict[str, str] = field(default_factory=dict)
    module_name: str = ""
    modules: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def main(self) -> frozenset[str]:
        """Return the packages of the service when it runs."""
        return frozenset(name for scope in self.scopes if scope.kind == "main" for name in scope.packages)

    @property
    def packages(self) -> frozenset[str]:
        """Return all packages, those for development too."""
        return frozenset(name for scope in self.scopes for name in scope.packages)


@dataclass(frozen=True)
class InstallForTests:
    """What must be installed for the tests beside the run-time dependencies.

    Attributes:
        files: Requirements files.
        groups: Dependency groups of the package manager.
        extras: Extras of the project itself.
        packages: Packages that no file of the project asks for in a way that can be installed.
    """

    files: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tests:
    """How the tests are run; empty texts where there are none.

    Attributes:
        framework: A key of ``tests`` in ``pipelines/detection.yml``, ``django``, ``unittest``, ``node``, or
            ``npm-script`` for a script of which the tool is not known.
        command: The command, to be run in the part's directory.
        install: What it needs beside the run-time packages.
    """

    framework: str = ""
    command: str = ""
    install: InstallForTests = field(default_factory=InstallForTests)


@dataclass(frozen=True)
class Evidence:
    """Why a server is thought to be needed.

    Attributes:
        service: A name of ``servers`` in ``pipelines/detection.yml``.
        kind: ``driver``, ``address`` or ``compose``, the strongest first.
        detail: The package, variable or compose service.
        file: Where it stands.
    """

    service: str
    kind: Literal["driver", "address", "compose"]
    detail: str
    file: str


@dataclass(frozen=True)
class Variable:
    """A variable of the environment by which the code finds a server.

    Attributes:
        name: Its name.
        service: The server.
        value: Its value, with ``{host}``, ``{port}`` and ``{password}`` to be filled in.
        file: Where its name or value was read.
    """

    name: str
    service: str
    value: str
    file: str


@dataclass(frozen=True)
class ExistingPipeline:
    """Files of one provider's pipelines."""

    provider: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Project:
    """Everything that a pipeline needs to know about one project, or one service of a monorepo.

    Attributes:
        root: The directory that was given.
        directory: Where commands run: ``.``, or a directory below the root.
        name: The project's name, fit for image names and file names.
        language: ``python``, ``javascript`` or ``java``.
        typescript: Whether the sources are TypeScript.
        framework: A key of ``frameworks`` in ``pipelines/detection.yml``; empty when none is seen.
        version: The language's version, as a pipeline names it: ``3.12``, ``22``, ``21``.
        version_source: Where that stands, or ``default``.
        manifest: What its dependency and build files say.
        tests: How the tests are run.
        linters: Keys of ``linters`` in ``pipelines/detection.yml``.
        docker_files: Image files first, then compose files.
        existing_ci: Pipelines that are there already.
        services_needed: Servers that a pipeline has to start, keys of ``pipelines/services.yml``.
        other_services: Servers that are needed, too, but that no pipeline of ours can start.
        service_evidence: Why.
        variables: How the code is told where they are.
        launch_command: The command that starts the service.
        port: The port it listens on; 0 when it listens on none.
        process_count: With how many worker processes it is started.
        default_branch: The branch that pipelines run for.
        benchmark_suite: The first file of benchmarks.
        services: Directories of services, where there are several.
        recommended_workflows: ``quality-check``, ``docker``, ``benchmark``, ``release``, ``deploy``.
        skipped_files: What could not be read, with the reason.
        warnings: What to look at.
    """

    root: str
    directory: str
    name: str
    language: str
    version: str
    version_source: str
    manifest: Manifest
    tests: Tests
    typescript: bool = False
    framework: str = ""
    linters: tuple[str, ...] = ()
    docker_files: tuple[str, ...] = ()
    existing_ci: tuple[ExistingPipeline, ...] = ()
    services_needed: tuple[str, ...] = ()
    other_services: tuple[str, ...] = ()
    service_evidence: tuple[Evidence, ...] = ()
    variables: tuple[Variable, ...] = ()
    launch_command: str = ""
    port: int = 0
    process_count: int = 1
    default_branch: str = "main"
    benchmark_suite: str = ""
    services: tuple[str, ...] = ()
    recommended_workflows: tuple[str, ...] = ()
    skipped_files: tuple[SkippedFile, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def package_manager(self) -> str:
        """Return the package manager's name."""
        return self.manifest.package_manager

    @property
    def docker_present(self) -> bool:
        """Say whether there is an image or compose file."""
        return bool(self.docker_files)

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's keys as JSON-ready values, the named ones of the contract first."""
        manifest = self.manifest
        return {
            "language": self.language,
            "version": self.version,
            "package_manager": manifest.package_manager,
            "test_framework": self.tests.framework,
            "test_command": self.tests.command,
            "docker_present": self.docker_present,
            "dependencies_file": manifest.dependencies_file,
            "lock_file": manifest.lock_file,
            "services_needed": list(self.services_needed),
            "recommended_workflows": list(self.recommended_workflows),
            "name": self.name,
            "directory": self.directory,
            "typescript": self.typescript,
            "framework": self.framework,
            "version_source": self.version_source,
            "package_manager_version": manifest.package_manager_version,
            "wrapper": manifest.wrapper,
            "test_install": {key: list(value) for key, value in asdict(self.tests.install).items()},
            "linters": list(self.linters),
            "docker_files": list(self.docker_files),
            "existing_ci": [
                {"provider": item.provider, "files": list(item.files)} for item in self.existing_ci
            ],
            "other_services": list(self.other_services),
            "service_evidence": [asdict(item) for item in self.service_evidence],
            "environment": {item.name: item.value for item in self.variables},
            "service_environment": {
                item.name: {"service": item.service, "value": item.value} for item in self.variables
            },
            "launch_command": self.launch_command,
            "port": self.port,
            "process_count": self.process_count,
            "default_branch": self.default_branch,
            "benchmark_suite": self.benchmark_suite,
            "services": list(self.services),
            "scripts": dict(manifest.scripts),
            "skipped_files": [asdict(item) for item in self.skipped_files],
        }
