"""Add liveness and readiness endpoints; readiness checks what the service was found to depend on."""

from __future__ import annotations

from typing import Any

from codemods.operation import Options, Parameter, Result

SKILL = "code-instrumenter"
SUMMARY = "answer /health without touching anything, and /ready after checking databases, Redis and external services"
PARAMETERS = (
    Parameter("check_database", "bool", "check the databases that were found (default: yes)"),
    Parameter("check_redis", "bool", "check Redis where it was found (default: yes)"),
    Parameter("check_external_services", "list", "URLs that must answer for the service to be ready"),
    Parameter("health_endpoint", "str", "liveness path (default: /health)"),
    Parameter("readiness_endpoint", "str", "readiness path (default: /ready)"),
)


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Add health checks.

    Returns:
        The contract's keys: ``health_endpoint``, ``readiness_endpoint``, ``checks``, ``files_modified``,
        ``dependencies_added``.
    """
    from codemods.conclude import conclude
    from codemods.instrument import prepare
    from codemods.readiness import listed_checks

    given = dict(parameters)
    if "check_external_services" in given:
        given["external_services"] = given.pop("check_external_services")
    job = prepare(project_path, ["health"], given, options)
    checks = [check["name"] for check in job.answers.get("readiness_checks", [])]
    checks += listed_checks(
        job.analysis,
        database=job.answers.get("check_database", True),
        cache=job.answers.get("check_redis", True),
    )
    return conclude(
        job,
        options,
        {
            "health_endpoint": job.answers.get("health_endpoint", "/health"),
            "readiness_endpoint": job.answers.get("readiness_endpoint", "/ready"),
            "checks": [*checks, *job.answers.get("external_services", [])]
            if "health" in job.features
            else [],
        },
    )


def main(argv: list[str] | None = None) -> int:
    """Run from the command line, by itself or under ``bowler run``; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("add_health_checks", argv)


if __name__ == "__main__":
    raise SystemExit(main())
