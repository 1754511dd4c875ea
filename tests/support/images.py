"""Stand-ins for the images that services are built on, made from Debian's packages under the official names.

No test may need an image registry. What stands in is close to the official image in what matters here (the language's version, paths on
PATH, a user other than root, the tools that a health check calls) and differs from it in the rest: all are Debian, Alpine ones too,
and a first stage has no compilers. Each is described by a file of ``tests/containers/images``.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from support.engine import engine_directory
from support.processes import ServerMissingError, tool_directory

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.engine import Engine

DOCKERFILES = Path(__file__).parents[1] / "containers" / "images"
CERTIFICATES = Path("/usr/local/share/ca-certificates")
SUITE = "trixie"

# What each is built on, and the names under which services ask for it.
PARENTS = {
    "base": "",
    "python": "base",
    "node": "python",
    "temurin": "base",
    "maven": "temurin",
    "redis": "base",
    "postgres": "base",
    "prometheus": "base",
    "jaeger": "base",
    "locust": "python",
}


def stand_in(engine: Engine, name: str, *tags: str) -> None:
    """Make a stand-in, unless there is one that was made from the same description.

    Args:
        engine: Where to.
        name: Which one: a key of `PARENTS`.
        tags: Official names that it gets.

    Raises:
        ServerMissingError: The program that it would hold is not on this machine.
        ServerFailedError: It cannot be built.
    """
    image = _image(name)
    if not engine.exists(image):
        _make(engine, name, image)
    for tag in tags:
        engine.run("tag", image, tag)


def _image(name: str) -> str:
    """Return the name of a stand-in in the cache: with a hash of its description and of what it is built on."""
    digest, at = hashlib.sha256(SUITE.encode()), name
    while at:
        digest.update((DOCKERFILES / f"{at}.dockerfile").read_bytes())
        at = PARENTS[at]
    return f"release-quality/{name}:{digest.hexdigest()[:12]}"


def _make(engine: Engine, name: str, image: str) -> None:
    parent = PARENTS[name]
    if parent:
        stand_in(engine, parent, f"release-quality/{parent}")
    elif not engine.exists("release-quality/debian"):
        _import_debian(engine)
    if name == "node":
        stand_in(engine, "base", "release-quality/base")
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder)
        fill = CONTEXTS.get(name)
        if fill:
            fill(context)
        engine.run(
            "buildx",
            "build",
            "--quiet",
            "--file",
            str(DOCKERFILES / f"{name}.dockerfile"),
            "--tag",
            image,
            folder,
            seconds=600,
        )


def _import_debian(engine: Engine) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "debian.tar")
        subprocess.run(
            ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates", SUITE, str(archive)],
            check=True,
            timeout=600,
        )
        engine.run("import", str(archive), "release-quality/debian", seconds=600)


def _certificates(context: Path) -> None:
    for file in CERTIFICATES.glob("*.crt"):
        shutil.copy2(file, context)


def _prometheus(context: Path) -> None:
    shutil.copy2(engine_directory() / "bin" / "prometheus", context / "prometheus")


def _jaeger(context: Path) -> None:
    program = tool_directory() / "jaeger"
    if not program.exists():
        raise ServerMissingError("Jaeger is not built: run tests/support/install_servers.sh")
    shutil.copy2(program, context / "jaeger")


# What a build takes from this machine.
CONTEXTS: dict[str, Callable[[Path], None]] = {
    "base": _certificates,
    "prometheus": _prometheus,
    "jaeger": _jaeger,
}
