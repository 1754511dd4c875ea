"""Write the settings that differ per environment: a base file and an overlay for each environment, read at run time."""

from __future__ import annotations

from typing import Any

from codemods.operation import Options, Parameter, Result

SKILL = "code-instrumenter"
SUMMARY = "write config/instrumentation.yaml and its per-environment overlays"
PARAMETERS = (
    Parameter(
        "environment", "str", "environment when ENVIRONMENT is not set", choices=("development", "production")
    ),
    Parameter("otlp_endpoint", "str", "where traces go, OTLP over HTTP", ("jaeger_endpoint",)),
    Parameter("metrics_port", "int", "serve metrics on a port of their own (default: on the service's port)"),
    Parameter("log_level", "str", "log level", choices=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
)


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Write the configuration.

    Returns:
        The contract's keys: ``config_file``, ``environment``, ``files_created``.
    """
    from codemods.conclude import conclude
    from codemods.instrument import prepare

    given = dict(parameters)
    job = prepare(project_path, ["config"], given, options)
    return conclude(
        job,
        options,
        {
            "config_file": job.config_file,
            "environment": job.answers.get("environment", "production"),
        },
    )


def main(argv: list[str] | None = None) -> int:
    """Run from the command line, by itself or under ``bowler run``; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("generate_config", argv)


if __name__ == "__main__":
    raise SystemExit(main())
