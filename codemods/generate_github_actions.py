"""Render a workflow for GitHub Actions that lints, tests, measures and judges every change."""

from __future__ import annotations

from typing import Any

from codemods.operation import Options, Parameter, Result

SKILL = "cicd-generator"
SUMMARY = "render .github/workflows/release-quality.yml, with a quality gate"
PARAMETERS = (
    Parameter("workflow_name", "str", "name of the workflow (default: Release quality)"),
    Parameter(
        "triggers", "list", "what starts it: pull_request, push, release, merge_group, workflow_dispatch"
    ),
    Parameter("include_quality_check", "bool", "end with a quality gate and its report (default: yes)"),
    Parameter("include_benchmarks", "bool", "compare benchmarks with the merge base (default: yes)"),
    Parameter("include_docker", "bool", "build the image (default: where there is a Dockerfile)"),
    Parameter("quality_threshold", "float", "quality score, 0 to 100, that a change must have at least"),
)
_ANSWERS = {
    "triggers": "workflow_triggers",
    "include_docker": "include_docker_build",
    "quality_threshold": "min_quality_score",
}
WORKFLOW = ".github/workflows/release-quality.yml"


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Render the workflow.

    Returns:
        The contract's keys: ``workflow_file``, ``triggers``, ``services_configured``, ``quality_gates``, ``artifacts``,
        ``pr_comments``.
    """
    from codemods.conclude import conclude
    from codemods.pipeline import described, prepare

    given = {_ANSWERS.get(name, name): value for name, value in parameters.items()}
    job = prepare(project_path, ["github"], given, options)
    triggers = job.answers.get("workflow_triggers", ["pull_request", "push", "release"])
    found = described(job)
    data = {
        "workflow_file": WORKFLOW,
        "triggers": triggers,
        "services_configured": found.services,
        "quality_gates": found.gates,
        "artifacts": found.artifacts,
        "pr_comments": bool(found.gates) and "pull_request" in triggers,
        "next": found.next,
    }
    return conclude(job, options, data)


def main(argv: list[str] | None = None) -> int:
    """Run from the command line, by itself or under ``bowler run``; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("generate_github_actions", argv)


if __name__ == "__main__":
    raise SystemExit(main())
