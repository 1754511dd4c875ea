"""``benchmark``: measures base and head in turns on one machine.

It runs in the project's own environment, so it and all that it imports need the standard library alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from quality.comparison import MINIMUM_ROUNDS
from quality.errors import QualityError
from quality.measurement import ROUNDS, Request, measure, say
from quality.suites import split_command

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


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
    parser.add_argument(
        "--output", default="reports/benchmarks.json", metavar="FILE", help="(default: %(default)s)"
    )
    parser.add_argument("--project", default=".", metavar="DIR", help="the project (default: here)")
    parser.epilog = (
        "A suite that is no Python file writes its results to the file"
        " that BENCHMARK_JSON names, or prints them last."
    )


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
        rounds=_at_least(MINIMUM_ROUNDS, arguments.rounds, "--rounds"),
        seed=arguments.seed,
        timeout=arguments.timeout,
        if_present=arguments.if_present,
    )
    project = Path(arguments.project)
    if not project.is_dir():
        raise QualityError("no such directory", where=f"--project {arguments.project}")
    with _ended_in_order():
        document = measure(request, project)
    _write(document, project / arguments.output)
    print(_summary(document, arguments.output), file=sys.stderr)
    return 0


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
        say(warning)
    measured = document["arms"].get("head", {})
    compared = [name for name in measured if name in document["arms"].get("base", {})]
    what = document["reason"] or f"{len(compared)} of {len(measured)} benchmarks were measured in base, too"
    return f"benchmark: {what}; written to {file}\n  Next: python tools/quality detect-regressions"
