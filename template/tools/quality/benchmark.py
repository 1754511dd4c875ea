"""``benchmark``: measures base and head in turns on one machine.

It runs in the project's own environment, so it and all that it imports need the standard library alone.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from quality.base_tree import (
    Base,
    Repository,
    checked_out,
    find_base,
    open_repository,
    share_node_modules,
)
from quality.errors import QualityError
from quality.machine import describe_machine
from quality.measured_trees import MeasuredTree, base_measured, head_measured, put_own_suite_back
from quality.rounds import interleave
from quality.suites import Suite, SuiteError, find_suite, split_command

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

# What one run in this file's calibration found enough for a 20 % slowdown on a busy machine: docs of this tool.
ROUNDS = 15
_FEWEST_ROUNDS = 5


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    suite: str
    command: str
    prepare: tuple[str, ...]
    arguments: tuple[str, ...]
    base: str
    iterations: int
    rounds: int
    seed: int
    timeout: float
    if_present: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    suite = parser.add_argument_group("what to run")
    suite.add_argument(
        "--suite",
        default="benchmarks/standard.py",
        metavar="FILE",
        help="a file for pytest-benchmark, a Node script, or a JMH jar (default: %(default)s)",
    )
    suite.add_argument(
        "--command", dest="program", default="", metavar="WORDS", help="any other program, instead of a file"
    )
    suite.add_argument(
        "--prepare", default="", metavar="WORDS", help="run first in each tree, such as a build"
    )
    suite.add_argument("--if-present", action="store_true", help="a project without the suite is no error")
    suite.add_argument(
        "arguments", nargs="*", metavar="ARGUMENT", help="after --, added to the suite's command line"
    )
    measuring = parser.add_argument_group("how to measure")
    measuring.add_argument(
        "--iterations",
        type=int,
        default=100,
        help="of each benchmark, over all rounds (default: %(default)s)",
    )
    measuring.add_argument(
        "--rounds",
        type=int,
        default=ROUNDS,
        help="how often base, head and base again run (default: %(default)s)",
    )
    measuring.add_argument(
        "--base",
        default="",
        metavar="REF",
        help="the commit to compare with (default: where the default branch was left)",
    )
    measuring.add_argument(
        "--seed", type=int, default=0, help="of the order of the runs (default: %(default)s)"
    )
    measuring.add_argument(
        "--timeout",
        type=float,
        default=600,
        metavar="SECONDS",
        help="for one run of the suite (default: %(default)s)",
    )
    parser.add_argument("--output", type=Path, default=Path("reports/benchmarks.json"), metavar="FILE")


def run(arguments: argparse.Namespace) -> int:
    """Measure and write the document.

    Returns:
        0, also without a base or, with ``--if-present``, without a suite; the document says so.

    Raises:
        QualityError: There is no suite, it fails, or it does not measure what it should.
    """
    request = Request(
        suite=arguments.suite,
        command=arguments.program,
        prepare=split_command(arguments.prepare, "--prepare") if arguments.prepare else (),
        arguments=tuple(arguments.arguments),
        base=arguments.base,
        iterations=_at_least(1, arguments.iterations, "--iterations"),
        rounds=_at_least(_FEWEST_ROUNDS, arguments.rounds, "--rounds"),
        seed=arguments.seed,
        timeout=arguments.timeout,
        if_present=arguments.if_present,
    )
    with _ended_in_order():
        document = benchmark(request, Path.cwd())
    _write(document, arguments.output)
    print(_summary(document, arguments.output), file=sys.stderr)
    return 0


def benchmark(request: Request, project: Path) -> dict[str, Any]:
    """Measure a project.

    Args:
        request: What the command line asks for.
        project: The project's directory.

    Returns:
        The document ``Benchmarks`` of ``documents.py``.

    Raises:
        QualityError: As ``run`` says.
    """
    project = project.resolve()
    suite = find_suite(
        project,
        request.suite,
        request.command,
        arguments=request.arguments,
        iterations=math.ceil(request.iterations / request.rounds),
        timeout=request.timeout,
    )
    if suite is None and not request.if_present:
        raise QualityError(
            "there is no such suite",
            where=f"--suite {request.suite}",
            hint="Write one, name another, or pass --if-present to go on without.",
        )
    document = _empty_document(request)
    if suite is None:
        return document | {"reason": f"the project has no {request.suite}"}
    repository = open_repository(project)
    base = find_base(repository, request.base)
    document["commits"] = {"head": repository.head} | ({"base": base.commit} if base else {})
    if repository.changed:
        document["warnings"].append("head is the commit with uncommitted changes")
    with tempfile.TemporaryDirectory(prefix="quality-benchmark-", ignore_cleanup_errors=True) as scratch:
        if base is None:
            return _measure_head(document, request, suite, repository, Path(scratch))
        with checked_out(repository, base, Path(scratch)) as tree:
            return _measure_both(document, request, suite, repository, base, tree)


def _measure_head(
    document: dict[str, Any], request: Request, suite: Suite, repository: Repository, scratch: Path
) -> dict[str, Any]:
    head = head_measured(suite, repository, scratch)
    head.prepare(request.prepare)
    return _head_alone(document, request, head, "there is no earlier commit to compare with")


def _measure_both(
    document: dict[str, Any], request: Request, suite: Suite, repository: Repository, base: Base, top: Path
) -> dict[str, Any]:
    _say(f"base is {base.commit[:12]}, {base.meaning}; {request.rounds} rounds of base, head and base again")
    share_node_modules(repository, top)
    head = head_measured(suite, repository, top.parent)
    older = base_measured(suite, repository, top, top.parent)
    for measured in (head, older):
        measured.prepare(request.prepare)
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


@contextlib.contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a termination unwind the stack, so that the checkout of base and running children go away."""

    def end(number: int, _frame: object) -> NoReturn:
        raise SystemExit(128 + number)

    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _at_least(bound: int, value: int, option: str) -> int:
    if value < bound:
        raise QualityError(f"must be at least {bound}", where=f"{option} {value}")
    return value


def _write(document: dict[str, Any], file: Path) -> None:
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise QualityError(f"cannot be written: {error.strerror}", where=str(file)) from None


def _summary(document: dict[str, Any], file: Path) -> str:
    for warning in document["warnings"]:
        _say(warning)
    measured = document["arms"].get("head", {})
    compared = [name for name in measured if name in document["arms"].get("base", {})]
    what = document["reason"] or f"{len(compared)} of {len(measured)} benchmarks were measured in base, too"
    return f"benchmark: {what}; written to {file}\n  Next: python tools/quality detect-regressions"


def _say(message: str) -> None:
    print(f"benchmark: {message}", file=sys.stderr)
