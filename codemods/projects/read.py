"""One look at a project: its files, its parts, and for the chosen part everything that a pipeline needs to know."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from codemods.analysis.survey import project_directory
from codemods.errors import UsageError
from codemods.projects.branches import default_branch
from codemods.projects.facts import detection
from codemods.projects.files import Files
from codemods.projects.launching import find_launching
from codemods.projects.linters import find_linters
from codemods.projects.model import Project
from codemods.projects.parts import choose_part, find_parts, is_typescript, service_directories
from codemods.projects.pipelines import compose_services, find_docker_files, find_pipelines, image_files
from codemods.projects.reading import names_read
from codemods.projects.servers import find_evidence, needed
from codemods.projects.testing import find_tests
from codemods.projects.values import find_values
from codemods.projects.variables import find_variables
from codemods.projects.versions import choose_version, derived_claims, version_files

if TYPE_CHECKING:
    from codemods.projects.launching import Launching
    from codemods.projects.parts import Part


def read(project_path: str | Path, *, service: str = "") -> Project:
    """Read a project; see `codemods.projects.find_project`."""
    root = project_directory(project_path)
    files = Files(root)
    parts = find_parts(files)
    directory = (
        _service_directory(root, service, [part.directory for part in parts])
        if service not in {"", "."}
        else ""
    )
    part = choose_part(files, parts, directory)
    services = service_directories(parts)
    docker = find_docker_files(files, part.directory)
    pipelines = find_pipelines(files)
    pipeline_files = tuple(path for item in pipelines for path in item.files)
    images = image_files(docker)
    version, version_source, warnings = choose_version(
        part.language,
        version_files(files, part.directory, part.language),
        list(part.manifest.claims),
        derived_claims(files, part.language, images, pipeline_files),
    )
    tests = find_tests(files, part)
    composes = compose_services(files, docker)
    values = find_values(files, part.directory, names_read(files, part), composes, list(pipeline_files))
    evidence, doubts = find_evidence(files, part, tests.install, composes, values)
    startable, others = needed(evidence)
    launching = find_launching(files, part, images, composes)
    branch, refused = default_branch(root)
    suite = _benchmark_suite(files, part.directory)
    warnings = [*part.manifest.warnings, *warnings, *doubts, *([refused] if refused else [])]
    if others:
        warnings.append(
            f"{', '.join(others)}: needed, but no pipeline of ours can start it; start it in the pipeline yourself"
        )
    if services and not service:
        about = "the whole" if part.directory == "." else part.directory
        warnings.append(
            f"several services ({', '.join(services)}): this is about {about}. Choose one with --service."
        )
    return Project(
        root=str(root),
        directory=part.directory,
        name=_plain_name(part.manifest.name, root, part.directory),
        language=part.language,
        version=version,
        version_source=version_source,
        manifest=part.manifest,
        tests=tests,
        typescript=is_typescript(files, part),
        framework=part.framework,
        linters=find_linters(files, part),
        docker_files=docker,
        existing_ci=pipelines,
        services_needed=startable,
        other_services=others,
        service_evidence=tuple(evidence),
        variables=find_variables(part, startable, values),
        launch_command=launching.command,
        port=launching.port,
        process_count=launching.processes,
        default_branch=branch,
        benchmark_suite=suite,
        services=tuple(services),
        recommended_workflows=_recommended(part, docker, suite, launching),
        skipped_files=tuple(item for _, item in sorted(files.skipped.items())),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _service_directory(root: Path, service: str, known: list[str]) -> str:
    cleaned = PurePosixPath(service.replace("\\", "/"))
    inside = (root / cleaned).resolve()
    if not inside.is_dir() or not inside.is_relative_to(root):
        listed = ", ".join(dict.fromkeys(known)) or "none"
        raise UsageError(
            "no such service in this project", where=service, hint=f"Directories with a manifest: {listed}."
        )
    return inside.relative_to(root).as_posix() or "."


def _plain_name(name: str, root: Path, directory: str) -> str:
    """Return a name that image tags and file names can hold. https://docs.docker.com/reference/cli/docker/image/tag/."""
    for candidate in (name.rpartition("/")[2], PurePosixPath(directory).name, root.name):
        cleaned = re.sub(r"[^a-z0-9._-]+", "-", candidate.lower()).strip("-._")
        if cleaned:
            return re.sub(r"[-._]{2,}", "-", cleaned)
    return "service"


def _benchmark_suite(files: Files, directory: str) -> str:
    for pattern in detection().benchmarks:
        if found := [path for path in files.match(pattern, directory) if not path.endswith("__init__.py")]:
            return found[0]
    return ""


def _recommended(part: Part, docker: tuple[str, ...], suite: str, launching: Launching) -> tuple[str, ...]:
    """Say which workflows are worth having: the check always, the others where there is something for them to do."""
    runs = bool(launching.command or part.framework)
    wanted = {
        "quality-check": True,
        "benchmark": bool(suite),
        "docker": runs or bool(image_files(docker)),
        "release": True,
        "deploy": runs,
    }
    return tuple(name for name, is_wanted in wanted.items() if is_wanted)
