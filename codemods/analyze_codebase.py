"""Find out what a code base is made of and what it needs to be observed. Reads only; the project's code never runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from codemods.operation import Options, Parameter, Result

SKILL = "code-instrumenter"
SUMMARY = "find the framework, entry points, databases, clients and existing telemetry of a project"
PARAMETERS = (
    Parameter("language", "str", "only look for this language"),
    Parameter("framework", "str", "only look for this framework"),
    Parameter("detect_endpoints", "bool", "list API endpoints (default: yes)"),
    Parameter("detect_database", "bool", "list database connections (default: yes)"),
)


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Analyse a project.

    Returns:
        ``analysis`` with the contract's keys, which also stand at the top level of the data.
    """
    from codemods.instrument import survey

    analysis = survey(project_path, replace(options, check=True), **parameters)
    found = analysis.to_dict()
    warnings = [f"{item.file}: not read, {item.reason}" for item in analysis.skipped_files]
    return Result(data={"analysis": found, **found}, warnings=warnings)


def main(argv: list[str] | None = None) -> int:
    """Run from the command line, by itself or under ``bowler run``; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("analyze_codebase", argv)


if __name__ == "__main__":
    raise SystemExit(main())
