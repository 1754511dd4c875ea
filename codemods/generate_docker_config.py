"""Render an image of the service, and a compose file with everything that observes it."""

from __future__ import annotations

from typing import Any

from codemods.operation import Options, Parameter, Result

SKILL = "cicd-generator"
SUMMARY = "render a Dockerfile, and a compose file with Jaeger, Prometheus and Grafana"
PARAMETERS = (
    Parameter("include_app", "bool", "a Dockerfile for the service (default: yes)"),
    Parameter(
        "include_infrastructure",
        "bool",
        "compose file with Jaeger, Prometheus, Grafana, databases (default: yes)",
    ),
    Parameter("include_benchmarks", "bool", "a profile that puts load on the service (default: yes)"),
)
_ANSWERS = {"include_benchmarks": "include_benchmark_profile"}
COMPOSE = "compose.observability.yml"
_UP = f"sh observability/make-env.sh && docker compose --env-file observability/.env --file {COMPOSE} up --build --wait"


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Render image and compose file.

    Returns:
        The contract's keys: ``files_created``, ``services`` (of the compose file, in its order).
    """
    from codemods.conclude import conclude
    from codemods.facts import load_yaml
    from codemods.pipeline import prepare

    given = {_ANSWERS.get(name, name): value for name, value in parameters.items()}
    job = prepare(project_path, ["docker"], given, options)
    compose = load_yaml((job.plan.read(COMPOSE) or b"").decode()) or {}
    if job.answers["dockerfile"] != "Dockerfile" and job.answers.get("include_app", True):
        job.plan.warnings.append(
            f"Dockerfile is yours and stays as it is; compare it with {job.answers['dockerfile']}."
        )
    folder = job.answers["service_dir"]
    data = {
        "services": list(compose.get("services", {})),
        "next": _UP if compose else f"docker build --file {folder}/{job.answers['dockerfile']} {folder}",
    }
    return conclude(job, options, data)


def main(argv: list[str] | None = None) -> int:
    """Run from the command line, by itself or under ``bowler run``; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("generate_docker_config", argv)


if __name__ == "__main__":
    raise SystemExit(main())
