"""Find out what a pipeline needs to know about a project. Reads only; the project's code never runs."""

from __future__ import annotations

from typing import Any

from codemods.operation import Options, Parameter, Result

SKILL = "cicd-generator"
SUMMARY = "find the language, its version, package manager, tests, linters and servers of a project"
PARAMETERS = (
    Parameter("detect_language", "bool", "find the language, its version and package manager (default: yes)"),
    Parameter("detect_tests", "bool", "find how the tests are run (default: yes)"),
    Parameter("detect_docker", "bool", "find image and compose files (default: yes)"),
)

# What is left out of the answer when a detection is turned off.
_LEFT_OUT = {
    "detect_language": ("language", "version", "version_source", "typescript", "package_manager"),
    "detect_tests": ("test_framework", "test_command", "test_install"),
    "detect_docker": ("docker_present", "docker_files"),
}


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Analyse a project.

    Args:
        project_path: Its directory.
        parameters: The contract's parameters; what is turned off is ``None`` in the answer.
        options: ``service`` chooses one service of a monorepo.

    Returns:
        The contract's keys, and those that pipelines are made from.

    Raises:
        UsageError: The path is no readable directory, or holds no project of a known language.
    """
    from codemods.projects import find_project

    options.progress("Reading the project")
    project = find_project(project_path, service=options.service)
    data = project.to_dict()
    for parameter, keys in _LEFT_OUT.items():
        if parameters.get(parameter) is False:
            data |= dict.fromkeys(keys)
    page = None
    if not options.json:
        from codemods.projects.table import project_table  # rich is only needed where people look

        page = project_table(project)
    skipped = [f"{item.file}: not read, {item.reason}" for item in project.skipped_files]
    return Result(data=data, warnings=[*project.warnings, *skipped], page=page)


def main(argv: list[str] | None = None) -> int:
    """Run from the command line, by itself or under ``bowler run``; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("analyze_project", argv)


if __name__ == "__main__":
    raise SystemExit(main())
