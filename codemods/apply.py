"""The whole job: analyse, render, inject, and name the next command.

Pipelines, images and gates are rendered when they are named (``--only``) or asked for with ``--pipelines``: they are
a second diff to review, and belong to the repository rather than to one of its services.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codemods.operation import CODE_FEATURES, PIPELINE_FEATURES, Options, Parameter, Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.analysis.model import Analysis

SKILL = "code-instrumenter"
SUMMARY = "do everything: traces, metrics, health checks, JSON logs, profiling and their configuration"
PARAMETERS = (
    Parameter("service_name", "str", "service.name of every span (default: the project's name)"),
    Parameter("otlp_endpoint", "str", "where traces go, OTLP over HTTP", ("jaeger_endpoint",)),
    Parameter("sampling_rate", "float", "share of traces that is kept, 0 to 1"),
    Parameter(
        "verify", "bool", "afterwards start the service and prove that it works (runs the project's code)"
    ),
    Parameter("python", "str", "the project's interpreter, for --verify"),
    Parameter(
        "pipelines", "bool", "the pipeline of the provider in use, Docker files and quality gates as well"
    ),
)


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Add every feature to a service, or to each service of a repository.

    Returns:
        ``files_modified``, ``files_created``, ``dependencies_added``, ``auto_instrumented``,
        ``profiled_functions``, ``left_out`` and
        ``next``: the command to run next. With ``--all-services``, one such mapping for each under ``services``.
    """
    from codemods.errors import UsageError
    from codemods.instrument import survey
    from codemods.pipeline import usual_features
    from codemods.services import each_service

    parameters = dict(parameters)
    features = options.features()
    around = [name for name in features if name in PIPELINE_FEATURES and name in options.only]
    if parameters.pop("pipelines", False):
        around = around or usual_features(project_path, options)
    if not any(name in CODE_FEATURES for name in features):
        return _render_around(project_path, around, parameters, options)
    if around and (options.service or options.all_services):
        raise UsageError(
            f"{around[0]} belongs to the repository, not to one of its services",
            where=project_path,
            hint=f"Leave out {' '.join(around)} here, and name the service to the operation that renders it.",
        )
    analysis = survey(project_path, options)
    services = analysis.services
    if options.service or not services:
        return _apply_service(project_path, parameters, options, analysis, around)
    if not options.all_services:
        raise UsageError(
            f"there are {len(services)} services here: {', '.join(services)}",
            where=project_path,
            hint=f"Choose one with --service {services[0]}, or take each with --all-services.",
        )

    def one(chosen: Options) -> Result:
        return _apply_service(project_path, parameters, chosen, survey(project_path, chosen))

    total = each_service(project_path, services, options, one)
    total.data["next"] = f"release-quality verify {project_path} --service {services[0]}"
    return total


def _apply_service(
    project_path: str,
    parameters: dict[str, Any],
    options: Options,
    analysis: Analysis,
    around: Sequence[str] = (),
) -> Result:
    from codemods.add_metrics import metric_names
    from codemods.add_profiling import slow_functions
    from codemods.conclude import conclude, instrumented
    from codemods.instrument import prepare
    from codemods.pipeline import answers_around

    given = dict(parameters)
    prove, python = given.pop("verify", False), given.pop("python", "")
    features = [name for name in options.features() if name in CODE_FEATURES]
    notes: list[str] = []
    if around:
        chosen, notes = answers_around(project_path, around, options)
        # The code knows better what its service is called.
        given = {**chosen, **given, "service_name": given.get("service_name") or analysis.service_name}
    picked, reasons = slow_functions(analysis) if "profiling" in features else ([], {})
    job = prepare(project_path, features, given, options, picked, analysis)
    result = conclude(
        job,
        options,
        {
            "auto_instrumented": instrumented(job) if "tracing" in job.features else [],
            "metrics_added": metric_names(job.answers) if "metrics" in job.features else [],
            "profiled_functions": job.decorated.get("profiling", []),
            "reasons": reasons,
            "next": f"release-quality verify {project_path}"
            + (f" --service {options.service}" if options.service else ""),
        },
    )
    result.warnings += notes
    if prove and result.success and not options.dry:
        from codemods.operation import execute

        proof = execute("verify", project_path, {"python": python or None}, options)
        result.data["verification"] = proof.data
        result.errors += proof.errors
        result.success = result.success and proof.success
        result.exit_code = max(result.exit_code, proof.exit_code)
    return result


def _render_around(
    project_path: str, features: list[str], parameters: dict[str, Any], options: Options
) -> Result:
    """Render pipelines, images and gates alone, for a project of any language."""
    from codemods.conclude import conclude
    from codemods.pipeline import described, prepare

    given = {name: value for name, value in parameters.items() if name not in {"verify", "python"}}
    job = prepare(project_path, features, given, options)
    return conclude(job, options, {"next": described(job).next})


def main(argv: list[str] | None = None) -> int:
    """Run from the command line; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("apply", argv)


if __name__ == "__main__":
    raise SystemExit(main())
