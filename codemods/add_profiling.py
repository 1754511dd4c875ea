"""Add profiling: a generated threshold-triggered profiler and a decorator on the functions that deserve it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codemods.operation import Options, Parameter, Result

if TYPE_CHECKING:
    from codemods.analysis.model import Analysis
    from codemods.inject import Decoration

SKILL = "code-instrumenter"
SUMMARY = "profile slow functions: a decorator that keeps a profile when a call exceeds the threshold"
# More than this many decorators make a diff that nobody reviews.
_MOST_AUTOMATIC = 5
PARAMETERS = (
    Parameter(
        "target_functions", "list", "functions to profile: name, Class.name or package.module:Class.name"
    ),
    Parameter(
        "auto_detect_slow",
        "bool",
        f"pick up to {_MOST_AUTOMATIC} functions by reading the code, with a reason for each",
    ),
    Parameter("profile_memory", "bool", "record memory allocations too (default: no)"),
    Parameter("profile_cpu", "bool", "record where the time goes (default: yes)"),
    Parameter("output_dir", "str", "where profiles are written, relative to the project (default: profiles)"),
)


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Add profiling.

    Returns:
        The contract's keys: ``profiled_functions``, ``profiling_module``, ``files_modified``,
        ``dependencies_added``; and ``reasons`` by function for
        those that were picked automatically.
    """
    from codemods.conclude import conclude
    from codemods.inject import Decoration
    from codemods.instrument import prepare, survey
    from codemods.layout import generated_directory

    given = dict(parameters)
    names = given.pop("target_functions", [])
    automatic = given.pop("auto_detect_slow", False)
    if "output_dir" in given:
        given["profile_output_dir"] = given.pop("output_dir")
    decorations = [Decoration(name, "profiling", "profiling") for name in names]
    analysis = survey(project_path, options)
    picked, reasons = slow_functions(analysis) if automatic else ([], {})
    job = prepare(project_path, ["profiling"], given, options, [*decorations, *picked], analysis)
    return conclude(
        job,
        options,
        {
            "profiled_functions": job.decorated.get("profiling", []),
            "profiling_module": f"{generated_directory(job.answers['package_dir'])}/profiling.py",
            "reasons": reasons,
        },
    )


def slow_functions(analysis: Analysis) -> tuple[list[Decoration], dict[str, str]]:
    """Pick functions that look slow from reading the code.

    Args:
        analysis: What was found in the service.

    Returns:
        A decoration for each pick, the likeliest first, and the reason by function.
    """
    from codemods.analysis.slow import find_slow_functions
    from codemods.inject import Decoration
    from codemods.layout import module_name

    found = find_slow_functions(analysis)[:_MOST_AUTOMATIC]
    names = {f"{module_name(item.file, analysis)}:{item.qualname}": item.reason for item in found}
    return [Decoration(name, "profiling", "profiling") for name in names], names


def main(argv: list[str] | None = None) -> int:
    """Run from the command line, by itself or under ``bowler run``; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("add_profiling", argv)


if __name__ == "__main__":
    raise SystemExit(main())
