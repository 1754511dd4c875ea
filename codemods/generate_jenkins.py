"""Render a declarative pipeline for Jenkins: the same jobs, commands and gate as for the other providers."""

from __future__ import annotations

from typing import Any

from codemods.operation import Options, Parameter, Result

SKILL = "cicd-generator"
SUMMARY = "render a Jenkinsfile, with a quality gate"
PARAMETERS = (
    Parameter("include_quality_check", "bool", "end with a quality gate and its report (default: yes)"),
    Parameter("include_docker_build", "bool", "build the image (default: where there is a Dockerfile)"),
    Parameter(
        "include_deploy", "bool", "end with the project's own deploy.sh, started by hand (default: no)"
    ),
)


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Render the pipeline.

    Returns:
        The contract's keys: ``pipeline_file``, ``stages``, ``services_configured``, ``quality_gates``, ``artifacts``.
    """
    from codemods.conclude import conclude
    from codemods.pipeline import described, prepare

    job = prepare(project_path, ["jenkins"], dict(parameters), options)
    pipeline = job.answers["jenkinsfile"]
    if pipeline != "Jenkinsfile":
        job.plan.warnings.append(
            f"Jenkinsfile is yours and stays as it is; make a second pipeline job with the script path {pipeline}."
        )
    found = described(job)
    data = {
        "pipeline_file": pipeline,
        "stages": found.stages,
        "services_configured": found.services,
        "quality_gates": found.gates,
        "artifacts": found.artifacts,
        "next": found.next,
    }
    return conclude(job, options, data)


def main(argv: list[str] | None = None) -> int:
    """Run from the command line, by itself or under ``bowler run``; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("generate_jenkins", argv)


if __name__ == "__main__":
    raise SystemExit(main())
