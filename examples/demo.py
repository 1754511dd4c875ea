"""The main job, shown: a bare service becomes observed, proves it, and goes back to the byte.

    python examples/demo.py [fastapi | flask | django]

It works on a copy of a sample beside this file, in a temporary directory, with a virtual environment of its own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
console = Console(highlight=False)


@dataclass(frozen=True)
class Sample:
    """A service to show the job on.

    Attributes:
        folder: Where it stands, beside this file.
        title: What it is.
        settings: Environment variables; ``{folder}`` is the temporary directory.
        prepare: What the service's interpreter runs once its packages are there.
        calls_pricing: Whether it calls another service, which has to run.
        verify: More words for ``verify``.
    """

    folder: str
    title: str
    settings: dict[str, str]
    prepare: tuple[str, ...] = ()
    calls_pricing: bool = False
    verify: tuple[str, ...] = field(default=())


SAMPLES = {
    "fastapi": Sample(
        "orders",
        "A bare FastAPI service: SQLAlchemy on SQLite, an outgoing HTTP call, its own tests",
        {"DATABASE_URL": "sqlite:///{folder}/demo.db"},
        calls_pricing=True,
        verify=("--allow-writes",),
    ),
    "flask": Sample(
        "lending",
        "A bare Flask service: an application factory, blueprints, Flask-SQLAlchemy on SQLite, its own tests",
        {"DATABASE_URL": "sqlite:///{folder}/demo.db"},
        prepare=("-m", "flask", "--app", "lending", "create-tables"),
    ),
    "django": Sample(
        "clinic",
        "A bare Django service: models on SQLite, a cache, a management command, its own tests",
        {"DATABASE_FILE": "{folder}/demo.db"},
        prepare=("manage.py", "migrate", "--verbosity", "0"),
    ),
}


def main(arguments: list[str]) -> int:
    """Run the demonstration on one sample; return 0 when every step did what it says."""
    name = arguments[0] if arguments else "fastapi"
    if name not in SAMPLES or len(arguments) > 1:
        console.print(f"Usage: demo.py [{' | '.join(SAMPLES)}]", markup=False)
        return 2
    sample = SAMPLES[name]
    with tempfile.TemporaryDirectory(prefix="release-quality-demo-") as folder:
        service, environment = Path(folder, sample.folder), Path(folder, "venv")
        settings = {key: value.format(folder=folder) for key, value in sample.settings.items()}
        shutil.copytree(
            HERE / sample.folder,
            service,
            ignore=shutil.ignore_patterns("__pycache__", "*.db", "*.sqlite3", "instance", ".*_cache", ".venv"),
        )
        git(service, "init", "--quiet")
        git(service, "add", "--all")
        git(
            service,
            "-c",
            "user.name=demo",
            "-c",
            "user.email=demo@example.com",
            "commit",
            "--quiet",
            "-m",
            "A bare service",
        )

        step(sample.title)
        tool("analyze-codebase", service)

        step("Everything is added, in one command")
        tool("apply", service, "--defaults")
        step("What changed in the service's own files")
        show_diff(service)

        step("The service's packages are installed, and its own tests pass as before")
        python = install(environment, service)
        run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider"], service)

        step("Proof: the service is started, asked, and looked at")
        if sample.prepare:
            run([python, *sample.prepare], service, **settings)
        with pricing_service(service) if sample.calls_pricing else nothing_more() as more:
            tool("verify", service, "--python", str(python), *sample.verify, **settings, **more)

        step("Applied again: nothing to do")
        tool("apply", service, "--check", "--defaults")

        step("Everything is taken out again")
        tool("remove", service)
        for cache in service.rglob("__pycache__"):
            shutil.rmtree(cache)
        left = git(service, "status", "--porcelain", "--ignored")
        if left:
            console.print(f"[bold red]git sees a difference:[/]\n{left}")
            return 1
        console.print("[bold green]git sees no change.[/]")
    return 0


def step(title: str) -> None:
    """Print a heading."""
    console.print()
    console.rule(f"[bold]{title}[/]", align="left")


def tool(operation: str, service: Path, *arguments: str, **settings: str) -> None:
    """Run ``release-quality`` as a user would, and stop the demonstration when it fails."""
    shown = " ".join(["release-quality", operation, service.name, *arguments])
    console.print(f"[bold cyan]$ {shown}[/]", soft_wrap=True)
    run([sys.executable, "-m", "codemods", operation, service, *arguments], service, **settings)


def run(command: list[str | Path], folder: Path, **settings: str) -> None:
    """Run a command with its output shown."""
    sys.stdout.flush()
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **settings}
    result = subprocess.run([str(part) for part in command], cwd=folder, env=environment, check=False)
    if result.returncode:
        raise SystemExit(f"demo: {' '.join(str(part) for part in command)}: exit code {result.returncode}")


def show_diff(service: Path) -> None:
    """Show what git says about the files that existed before."""
    run(["git", "--no-pager", "diff", "--color=always" if console.is_terminal else "--color=never"], service)
    created = git(service, "ls-files", "--others", "--exclude-standard").splitlines()
    console.print(f"[dim]and {len(created)} new files: {', '.join(created)}[/]", soft_wrap=True)


def git(service: Path, *arguments: str) -> str:
    """Run git in the service's directory and return what it prints."""
    return subprocess.run(["git", *arguments], cwd=service, check=True, capture_output=True, text=True).stdout


def install(environment: Path, service: Path) -> Path:
    """Make the service's virtual environment."""
    venv.create(environment, with_pip=True)
    python = environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    with console.status("Installing packages"):
        run(
            [
                python,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
                "requirements-dev.txt",
            ],
            service,
        )
    return python


@contextlib.contextmanager
def nothing_more() -> Iterator[dict[str, str]]:
    """Run nothing, for a sample that calls no other service."""
    yield {}


@contextlib.contextmanager
def pricing_service(service: Path) -> Iterator[dict[str, str]]:
    """Run the service that the sample calls, on a free port; yield the setting that names it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "pricing.py", str(port)], cwd=service)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        yield {"PRICING_URL": f"http://127.0.0.1:{port}"}
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
