"""Prove it: start the service, send requests, look at the spans, the metrics, the health answers and the log lines."""

from __future__ import annotations

from typing import Any

from codemods.operation import Options, Parameter, Result

SKILL = "code-instrumenter"
SUMMARY = "start the service and prove that it is traced, measured and healthy (runs the project's code)"
PARAMETERS = (
    Parameter("python", "str", "the project's interpreter (default: its .venv, VIRTUAL_ENV, uv or Poetry)"),
    Parameter("launch", "str", "the command that starts the service; {port} is replaced"),
    Parameter("timeout", "float", "seconds until the service must answer (default: 60)"),
    Parameter(
        "headers",
        "list",
        "headers of each request, 'Host: shop.example': where the service refuses a strange host",
    ),
    Parameter("allow_writes", "bool", "send POST, PUT, PATCH and DELETE requests too (default: no)"),
)


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Verify a service.

    Returns:
        ``checks`` [{name, passed, reason}], ``requests``, ``spans``, ``health`` and ``passed``. A failed check is an
        error with its reason and the next step.
    """
    from codemods.analysis import choose_application
    from codemods.errors import UsageError
    from codemods.instrument import survey
    from codemods.render import read_answers
    from codemods.verification.report import Page
    from codemods.verification.run import verify_project
    from codemods.worktree import service_directory

    root = service_directory(project_path, options.service)
    answers = read_answers(root)
    if not answers:
        raise UsageError(
            "nothing to verify: no instrumentation was applied here",
            where=str(root),
            hint=f"release-quality apply {project_path}",
        )
    analysis = survey(project_path, options)
    application = choose_application(analysis, options.app)
    proof = verify_project(
        root, analysis, answers, application=application, echo=options.progress, **parameters
    )
    return Result(
        success=proof.passed,
        data=proof.to_dict(),
        errors=[str(check) for check in proof.checks if not check.passed],
        exit_code=0 if proof.passed else 1,
        page=Page(proof),
    )


def main(argv: list[str] | None = None) -> int:
    """Run from the command line; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("verify", argv)


if __name__ == "__main__":
    raise SystemExit(main())
