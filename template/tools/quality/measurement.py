"""Measures a project: base and head in turns, or head alone when there is no base."""

from __future__ import annotations

import math
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quality.base_tree import checked_out, find_base, open_repository, share_node_modules
from quality.errors import QualityError
from quality.machine import describe_machine
from quality.measured_trees import MeasuredTree, base_measured, head_measured, put_own_suite_back
from quality.rounds import interleave
from quality.suites import SuiteError, find_suite

if TYPE_CHECKING:
    from quality.base_tree import Base, Repository


# On a busy machine, enough to find a slowdown of 20 % in more than 95 of 100 runs.
ROUNDS = 15


@dataclass(frozen=True)
class Request:
    """What the command line asks for.

    Attributes:
        suite: A file relative to the project.
        command: Words of a program instead of the file; empty for the file.
        prepare: A program and its arguments that is run first in each tree; may be empty.
        arguments: Added to the suite's command line.
        base: The commit to compare with; empty to find it out.
        iterations: How often each arm times a benchmark, over all rounds.
        rounds: How often base, head and base again run.
        seed: Of the order of the arms.
        timeout: Seconds for one run of the suite.
        if_present: Whether a project without the suite is no error.
    """

    suite: str
    command: str = ""
    prepare: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    base: str = ""
    iterations: int = 100
    rounds: int = ROUNDS
    seed: int = 0
    timeout: float = 600
    if_present: bool = False


def measure(request: Request, project: Path) -> dict[str, Any]:
    """Measure a project.

    Args:
        request: What the command line asks for.
        project: The project's directory.

    Returns:
        The document ``Benchmarks`` of ``documents.py``.

    Raises:
        QualityError: There is no suite, it fails, or it does not measure what it should.
    """
    project = project.resolve()
    document = _empty_document(request)
    suite = find_suite(project, request.suite, request.command)
    if suite is None:
        if not request.if_present:
            raise QualityError(
                "there is no such suite",
                where=f"--suite {request.suite}",
                hint="Write one, name another, or pass --if-present to go on without.",
            )
        return document | {"reason": f"the project has no {request.suite}"}
    each_round = math.ceil(request.iterations / request.rounds)
    suite = replace(suite, arguments=request.arguments, iterations=each_round, timeout=request.timeout)
    repository = open_repository(project)
    base = find_base(repository, request.base)
    document["commits"] = {"head": repository.head} | ({"base": base.commit} if base else {})
    if repository.changed:
        document["warnings"].append("head was measured with uncommitted changes")
    with tempfile.TemporaryDirectory(prefix="quality-benchmark-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder).resolve()
        head = head_measured(suite, repository, scratch)
        head.prepare(request.prepare)
        if base is None:
            return _head_alone(document, request, head, "there is no earlier commit to compare with")
        with checked_out(repository, base, scratch) as top:
            return _both(document, request, head, repository, base, top)


def say(message: str) -> None:
    """Tell people something, on standard error."""
    print(f"benchmark: {message}", file=sys.stderr)


def _both(
    document: dict[str, Any],
    request: Request,
    head: MeasuredTree,
    repository: Repository,
    base: Base,
    top: Path,
) -> dict[str, Any]:
    say(f"base is {base.commit[:12]}, {base.meaning}; {request.rounds} rounds of base, head and base again")
    share_node_modules(repository, top)
    older = base_measured(head.suite, repository, top, head.scratch)
    older.prepare(request.prepare)
    # Runs that are not counted: they fill caches, and say what does not work before minutes have passed.
    if not head.loads_own_code(request.seed):
        document["warnings"].append(
            "the suite loads no code of this checkout: if it measures an installed package, base and head are the same"
        )
    reason = _rehearse(older, request.seed, document["warnings"])
    if reason:
        return _head_alone(document, request, head, reason)
    runs = {"base": older.times, "head": head.times, "base_again": older.times}
    return document | {"arms": interleave(runs, rounds=request.rounds, seed=request.seed)}


def _head_alone(
    document: dict[str, Any], request: Request, head: MeasuredTree, reason: str
) -> dict[str, Any]:
    say(f"{reason}; {request.rounds} rounds of head alone")
    arms = interleave({"head": head.times}, rounds=request.rounds, seed=request.seed)
    return document | {"arms": arms, "reason": reason}


def _rehearse(older: MeasuredTree, seed: int, warnings: list[str]) -> str:
    """Run the suite in base, head's if that works there, else base's own; return why neither does."""
    try:
        older.times(seed)
    except SuiteError as error:
        if not put_own_suite_back(older.suite, older.tree.project):
            return f"the suite does not run in base: {error.what}"
        try:
            older.times(seed)
        except SuiteError as own:
            return f"the suite does not run in base: {own.what}"
        warnings.append(f"base runs its own suite, since head's does not run there: {error.what}")
    return ""


def _empty_document(request: Request) -> dict[str, Any]:
    return {
        "schema": 1,
        "environment": describe_machine(),
        "unit": "seconds",
        "suite": request.command or request.suite,
        "iterations": request.iterations,
        "rounds": request.rounds,
        "seed": request.seed,
        "same_environment": True,
        "commits": {},
        "arms": {},
        "reason": "",
        "warnings": [],
    }
