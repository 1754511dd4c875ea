"""Every check of this project, each a session: ``nox -l`` lists them."""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "types", "tests"]

# Two tests at a time: many wait for a process that they have started.
PARALLEL = ["-n", "2"]

GROUPS = nox.project.load_toml("pyproject.toml")["dependency-groups"]


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff: rules and format."""
    session.install(*GROUPS["lint"])
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict, over the package, its tests and the benchmarks."""
    session.install("-e", ".", *GROUPS["lint"], *GROUPS["test"])
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Everything that needs no server and no virtual environment of a service; with coverage."""
    session.install("-e", ".", *GROUPS["test"])
    session.run("coverage", "erase")
    session.run(
        "coverage",
        "run",
        "-m",
        "pytest",
        "-m",
        "not runtime and not integration and not realworld and not pipelines and not engine",
        *PARALLEL,
        *session.posargs,
    )
    session.run("coverage", "combine")
    session.run("coverage", "report")


@nox.session
def runtime(session: nox.Session) -> None:
    """Generated services, started for real in environments of their own."""
    session.install("-e", ".", *GROUPS["test"])
    session.run("pytest", "-m", "runtime", *PARALLEL, "--dist", "loadfile", *session.posargs)


@nox.session
def integration(session: nox.Session) -> None:
    """Generated services against a real Jaeger, Prometheus, PostgreSQL and Redis (docs/real-servers.md)."""
    session.install("-e", ".", *GROUPS["test"])
    session.run("pytest", "-m", "integration", *session.posargs)


@nox.session
def pipelines(session: nox.Session) -> None:
    """Validators over every combination of answers, and rendered pipelines run on the samples."""
    session.install("-e", ".", *GROUPS["test"])
    session.run("pytest", "-m", "pipelines", *PARALLEL, "--dist", "worksteal", *session.posargs)


@nox.session
def engine(session: nox.Session) -> None:
    """Generated images and the compose file, built and run by an engine of the tests' own (docs/containers.md)."""
    session.install("-e", ".", *GROUPS["test"])
    session.run("pytest", "-m", "engine", *session.posargs)


@nox.session
def realworld(session: nox.Session) -> None:
    """Services that nobody here wrote: injected, tested before and after, traced, and put back (or --checkout PATH)."""
    session.install("-e", ".", *GROUPS["test"])
    # As one word: pytest would take a path that stands alone for a directory of tests.
    arguments = "\0".join(session.posargs).replace("--checkout\0", "--checkout=").split("\0")
    command = ["pytest", "tests/realworld", "-m", "realworld", *PARALLEL, "--dist", "loadgroup"]
    session.run(*command, *filter(None, arguments))


@nox.session
def train(session: nox.Session) -> None:
    """Install the whole OpenTelemetry version train; fail when it no longer resolves, or the facts about it are old."""
    session.install("-e", ".")
    output = session.run("python", "-m", "codemods.facts", silent=True)
    session.install(*str(output).split())
    session.run("python", "-m", "pip", "check")
    session.run("python", "-m", "codemods.manifests.train_check")


@nox.session
def demo(session: nox.Session) -> None:
    """The main job on a sample, from bare to observed and back (``-- fastapi``, ``-- flask`` or ``-- django``)."""
    session.install("-e", ".")
    session.run("python", "examples/demo.py", *session.posargs)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Figures for docs/performance.md."""
    session.install("-e", ".")
    session.run("python", "benchmarks/scan.py", *session.posargs)
    session.run("python", "benchmarks/apply.py", *session.posargs)
    session.run("python", "benchmarks/request_cost.py", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel, install it alone, and apply it: what users get from the index works without a checkout."""
    session.install("build")
    session.run("python", "-m", "build", "--wheel", "--outdir", session.create_tmp())
    session.install(
        "--force-reinstall",
        *(str(path) for path in sorted(__import__("pathlib").Path(session.create_tmp()).glob("*.whl"))),
    )
    session.run("release-quality", "apply", "examples/orders", "--diff", "--defaults", silent=True)
