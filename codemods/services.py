"""One operation on each service of a repository, as one result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codemods.errors import ReleaseQualityError
from codemods.operation import Options, Result
from codemods.plan import Plan
from codemods.worktree import project_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def each_service(
    project_path: str, services: Iterable[str], options: Options, run: Callable[[Options], Result]
) -> Result:
    """Run an operation on every service; one that cannot be done does not stop the others.

    Args:
        project_path: The repository.
        services: Directories below it.
        options: The shared flags.
        run: Does it for the service that the options name.

    Returns:
        One mapping for each service under ``services``, all messages with the service they are about, and one
        plan for the whole repository.
    """
    root = project_directory(project_path)
    total = Result(data={"services": {}}, plan=Plan(root))
    for service in services:
        options.progress(f"Service {service}")
        try:
            one = run(replace(options, service=service))
        except ReleaseQualityError as error:
            one = Result(success=False, errors=[str(error)], exit_code=error.exit_code)
        total.data["services"][service] = one.data
        total.errors += [f"{service}: {message}" for message in one.errors]
        total.warnings += [f"{service}: {message}" for message in one.warnings]
        total.exit_code = max(total.exit_code, one.exit_code)
        total.success = total.success and one.success
        if one.plan and total.plan:
            total.plan.changes += one.plan.changes
    return total
