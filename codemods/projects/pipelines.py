"""What is there already of pipelines, container images and compose files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codemods.analysis.paths import is_test_path
from codemods.analysis.tables import table
from codemods.projects.facts import any_of, detection
from codemods.projects.model import ExistingPipeline

if TYPE_CHECKING:
    from codemods.projects.files import Files


@dataclass(frozen=True)
class ComposeService:
    """One service of a compose file.

    Attributes:
        name: Its name.
        file: The file.
        image: Its image without registry and tag; empty for one that is built.
        built: Whether the project itself is in it.
        environment: Variables that it is given.
        ports: Ports inside the container that are published.
    """

    name: str
    file: str
    image: str
    built: bool
    environment: dict[str, str]
    ports: tuple[int, ...]


def find_pipelines(files: Files) -> tuple[ExistingPipeline, ...]:
    """Return the pipelines of every provider that the repository has."""
    found = []
    for provider, patterns in detection().ci.items():
        pattern = any_of(tuple(patterns))
        if paths := tuple(path for path in files.paths if pattern.match(path)):
            found.append(ExistingPipeline(provider, paths))
    return tuple(found)


def find_docker_files(files: Files, directory: str) -> tuple[str, ...]:
    """Return image files of a directory, then compose files that may be about it; the nearest ones first."""
    prefix = "" if directory == "." else f"{directory}/"
    facts = detection().docker
    images = [path for path in files.match(facts.image, directory) if not is_test_path(path)]
    composes = [path for path in files.match(facts.compose) if not is_test_path(path)]
    near = [path for path in composes if path.startswith(prefix) or "/" not in path]
    ordered = [*sorted(images, key=_nearest), *sorted(near, key=_nearest)]
    return tuple(dict.fromkeys(ordered))


def image_files(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return those paths that are image files."""
    pattern = any_of((detection().docker.image,))
    return tuple(path for path in paths if pattern.match(path))


def _nearest(path: str) -> tuple[int, int, str]:
    return path.count("/"), len(path), path


def compose_services(files: Files, paths: tuple[str, ...]) -> list[ComposeService]:
    """Return the services of compose files. https://docs.docker.com/reference/compose-file/services/."""
    pattern = any_of((detection().docker.compose,))
    found = []
    for path in paths:
        if not pattern.match(path):
            continue
        for name, service in table(files.yaml(path), "services").items():
            if isinstance(service, dict):
                image = service.get("image")
                found.append(
                    ComposeService(
                        str(name),
                        path,
                        image_name(image) if isinstance(image, str) else "",
                        "build" in service,
                        _environment(service.get("environment")),
                        _ports(service.get("ports")),
                    )
                )
    return found


def image_name(image: str) -> str:
    """Return an image's name without registry, owner and tag: ``postgis`` for ``docker.io/postgis/postgis:16``."""
    without_tag = image.partition("@")[0]
    head, _, last = without_tag.rpartition("/")
    name = last.partition(":")[0]
    # `mcr.microsoft.com/mssql/server` says what it is one word earlier.
    return f"{head.rpartition('/')[2]}/{name}" if name == "server" and head else name


def _environment(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(name): str(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return {name: item for name, _, item in (str(line).partition("=") for line in value) if item}
    return {}


def _ports(value: Any) -> tuple[int, ...]:
    found = []
    for item in value if isinstance(value, list) else []:
        inside = (
            item.get("target") if isinstance(item, dict) else str(item).partition("/")[0].rpartition(":")[2]
        )
        if str(inside).isdigit():
            found.append(int(str(inside)))
    return tuple(found)
