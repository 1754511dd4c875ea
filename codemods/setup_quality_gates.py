"""Write .quality-gates.yaml, and the tool that judges a change by it."""

from __future__ import annotations

from typing import Any

from codemods.operation import Options, Parameter, Result

SKILL = "cicd-generator"
SUMMARY = "write .quality-gates.yaml and tools/quality, which judges a change by it"
PARAMETERS = (
    Parameter("min_quality_score", "float", "quality score, 0 to 100, that a change must have (default: 80)"),
    Parameter("max_regressions", "int", "regressions that it may have (default: 0)"),
    Parameter("min_test_coverage", "float", "percent of the lines that its tests must run (default: 80)"),
    Parameter("max_vulnerabilities", "int", "known vulnerabilities that its packages may have (default: 0)"),
    Parameter(
        "performance_threshold", "float", "percent by which a benchmark may become slower (default: 5)"
    ),
    Parameter("block_on_failure", "bool", "a gate that fails stops the pipeline (default: yes)"),
)
GATES = ".quality-gates.yaml"


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Write the gates.

    Returns:
        The contract's keys: ``quality_gates``, each with its bound and ``blocking``, and ``config_file``.
    """
    from codemods.conclude import conclude
    from codemods.facts import load_yaml
    from codemods.pipeline import prepare

    job = prepare(project_path, ["gates"], dict(parameters), options)
    settings = load_yaml((job.plan.read(GATES) or b"").decode()) or {}
    data = {
        "quality_gates": settings.get("quality_gates", {}),
        "config_file": GATES,
        "next": "python tools/quality capture && python tools/quality gate",
    }
    return conclude(job, options, data)


def main(argv: list[str] | None = None) -> int:
    """Run from the command line, by itself or under ``bowler run``; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("setup_quality_gates", argv)


if __name__ == "__main__":
    raise SystemExit(main())
