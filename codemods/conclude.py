"""The end of a run: the plan is written, lock files are refreshed, and the result says what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codemods import answers as answering
from codemods.errors import ReleaseQualityError
from codemods.facts import load_framework, python_facts
from codemods.manifests import lock_command, refresh_lock
from codemods.operation import Options, Result
from codemods.plan import LOCK, Change, Plan, Refusal, content_hash
from codemods.record import Step, hunks_of
from codemods.writer import apply_plan

if TYPE_CHECKING:
    from codemods.instrument import Job
    from codemods.run import Run


def framework_title(job: Job) -> str:
    """Return the framework's name as people write it."""
    return load_framework(job.answers["framework"]).title


def conclude(job: Run, options: Options, data: dict[str, Any]) -> Result:
    """Write the plan unless the run is dry, and say what came of it.

    Args:
        job: The run.
        options: The shared flags.
        data: The operation's own return keys; the common ones are added.

    Returns:
        The result. A part that could not be done is an error with what to do by hand, and exit code 1.
    """
    plan = job.plan
    errors = [describe_refusal(refusal) for refusal in plan.refusals]
    command = " ".join(lock_command(job.package_manager))
    stale = job.dependencies.stale_locks if job.dependencies else []
    if not options.dry and job.changed:
        options.progress("Writing")
        job.write()
        if options.refresh_lock and stale and command:
            options.progress("Refreshing the lock file")
            failed = _refresh_locks(job, stale)
            errors += failed
            stale = stale if failed else []
    warnings = [
        *plan.warnings,
        *([_stale(stale, command)] if stale else []),
        *(f"{feature} left out: {reason}" for feature, reason in job.left_out.items()),
    ]
    # One service of a repository is shown as the repository sees it: `--diff | git apply` works where it was called.
    seen = plan.seen_from(job.project)
    common = {
        "files_modified": seen.modified(),
        "files_created": seen.created(),
        "files_deleted": seen.deleted(),
        "dependencies_added": job.dependencies.added if job.dependencies else [],
        "left_out": job.left_out,
    }
    would_change = options.check and job.changed
    return Result(
        success=not errors,
        data={**common, **data, "success": not errors, "warnings": warnings},
        errors=errors,
        warnings=warnings,
        exit_code=1 if errors or would_change else 0,
        plan=seen,
    )


def _stale(locks: list[str], command: str) -> str:
    """Name the lock files that no longer match their manifest, and the way out."""
    way = f"refresh it with `{command}` or pass --refresh-lock" if command else ""
    return f"{', '.join(locks)}: stale now; {way or 'compile it again with the tool that wrote it'}."


def _refresh_locks(job: Run, stale: list[str]) -> list[str]:
    """Let the project's own tool refresh its lock files, and record what that changed; return what went wrong."""
    # A lock file above the service, as in a workspace, is not ours to put back.
    before = {name: (job.root / name).read_bytes() for name in stale if not name.startswith("..")}
    try:
        refresh_lock(job.root, job.package_manager)
    except ReleaseQualityError as error:
        return [str(error)]
    for name, old in before.items():
        new = (job.root / name).read_bytes()
        job.record.steps.append(
            Step(name, "config", LOCK, "", hunks_of(Change(name, old, new, "config", LOCK)))
        )
        job.record.touched[name] = content_hash(new)
    apply_plan(Plan(job.root), job.record)
    return []


def describe_refusal(refusal: Refusal) -> str:
    """Return a refused edit as a message: what, where, and the lines to paste."""
    head = f"{refusal.path}: {refusal.reason}" if refusal.path else refusal.reason
    if not refusal.snippet:
        return head
    return head + "\n" + "\n".join(f"    {line}" for line in refusal.snippet.splitlines())


def instrumented(job: Job) -> list[str]:
    """Return the names, as people write them, of what tracing instruments by itself."""
    libraries = python_facts().libraries
    return [
        framework_title(job),
        *(libraries[name].title for name in answering.traced_libraries(job.answers)),
    ]
