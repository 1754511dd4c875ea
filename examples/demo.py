"""The main job, shown: a bare service becomes observed, proves it, and goes back to the byte.

It works on a copy of ``examples/orders`` in a temporary directory, with a virtual environment of its own.
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
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterator

ORDERS = Path(__file__).resolve().parent / "orders"
console = Console(highlight=False)


def main() -> int:
    """Run the demonstration; return 0 when every step did what it says."""
    with tempfile.TemporaryDirectory(prefix="release-quality-demo-") as folder:
        service, environment = Path(folder, "orders"), Path(folder, "venv")
        shutil.copytree(
            ORDERS, service, ignore=shutil.ignore_patterns("__pycache__", "*.db", ".*_cache", ".venv")
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

        step("A bare FastAPI service: SQLAlchemy on SQLite, an outgoing HTTP call, its own tests")
        tool("analyze-codebase", service)

        step("Everything is added, in one command")
        tool("apply", service, "--defaults")
        step("What changed in the service's own files")
        show_diff(service)

        step("The service's packages are installed, and its own tests pass as before")
        python = install(environment, service)
        run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider"], service)

        step("Proof: the service is started, asked, and looked at")
        with pricing_service(service) as url:
            tool(
                "verify",
                service,
                "--python",
                str(python),
                "--allow-writes",
                DATABASE_URL=f"sqlite:///{folder}/demo.db",
                PRICING_URL=url,
            )

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
def pricing_service(service: Path) -> Iterator[str]:
    """Run the service that the sample calls, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "pricing.py", str(port)], cwd=service)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    raise SystemExit(main())
