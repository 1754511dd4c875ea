"""What the generated code adds to a request: CPU time against the bare service, beside OpenTelemetry's own packages.

    python benchmarks/request_cost.py [FRAMEWORK ...]

Each figure is the median of interleaved runs of a process that sends requests to the application in itself, so no
server and no network is in it; spans leave by OTLP to a receiver in another process.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from codemods.facts import python_facts
from codemods.verification.receiver import OtlpReceiver

HERE = Path(__file__).resolve().parent
ROUNDS = 5
REQUESTS = 2000
PATHS = ("/plain/7", "/query/7")
CONTRIB = {
    "django": ["opentelemetry-instrumentation-django", "opentelemetry-instrumentation-sqlite3"],
    "fastapi": ["opentelemetry-instrumentation-fastapi", "opentelemetry-instrumentation-sqlalchemy"],
    "flask": ["opentelemetry-instrumentation-flask", "opentelemetry-instrumentation-sqlalchemy"],
}


def main(names: list[str]) -> None:
    """Print a table for each framework."""
    with tempfile.TemporaryDirectory() as folder, OtlpReceiver() as receiver:
        for name in names or sorted(CONTRIB):
            bare, ours = Path(folder, name, "bare"), Path(folder, name, "ours")
            shutil.copytree(HERE / "services" / name, bare)
            shutil.copytree(HERE / "services" / name, ours)
            subprocess.run(
                [sys.executable, "-m", "codemods", "apply", str(ours), "--defaults"],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            python = environment(Path(folder, name, "venv"), name, ours)
            show(name, table(name, bare, ours, python, receiver.endpoint))


def environment(directory: Path, name: str, ours: Path) -> Path:
    """Make the environment that all variants of a service run in."""
    venv.create(directory, with_pip=True)
    python = directory / "bin" / "python"
    contrib = [f"{package}=={python_facts().train.contrib}" for package in CONTRIB[name]]
    command: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "-r", ours / "requirements.txt", *contrib], check=True)
    return python


def table(name: str, bare: Path, ours: Path, python: Path, endpoint: str) -> dict[tuple[str, str], float]:
    """Measure every variant on every path, in turn; return medians in microseconds."""
    variants = [("bare", bare, "bare", "0")]
    variants += [(f"ours, {rate}", ours, "ours", rate) for rate in ("0.1", "1.0")]
    variants += [(f"contrib, {rate}", bare, "contrib", rate) for rate in ("0.1", "1.0")]
    samples: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for path in PATHS:
            for title, directory, variant, rate in variants:
                settings = {
                    "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
                    "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
                    "OTEL_TRACES_SAMPLER_ARG": rate,
                }
                command: list[str | Path] = [python, HERE / "drive.py", name, variant, path, str(REQUESTS)]
                done = subprocess.run(
                    command,
                    cwd=directory,
                    env={**os.environ, **settings},
                    check=True,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
                samples.setdefault((title, path), []).append(float(done.stdout.split()[-1]))
    return {key: statistics.median(values) for key, values in samples.items()}


def show(name: str, figures: dict[tuple[str, str], float]) -> None:
    """Print the medians, and how often the bare service's they are."""
    print(f"\n{name:16}" + "".join(f"{path:>26}" for path in PATHS))
    for title in dict.fromkeys(title for title, _ in figures):
        cells = [
            f"{figures[title, path]:14.0f} µs {figures[title, path] / figures['bare', path]:6.2f} x"
            for path in PATHS
        ]
        print(f"{title:16}" + "".join(f"{cell:>26}" for cell in cells))


if __name__ == "__main__":
    main(sys.argv[1:])
