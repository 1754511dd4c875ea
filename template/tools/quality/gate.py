"""The command `gate`: applies `.quality-gates.yaml` to what the other commands have written."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from quality.baselines import baseline_snapshot
from quality.documents import (
    REGRESSIONS,
    SNAPSHOT,
    VERDICT,
    Regressions,
    Snapshot,
    Verdict,
    read_document,
    write_document,
)
from quality.errors import QualityError
from quality.gates import decide
from quality.history import location_of_history
from quality.options import add_project_options, project_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from pathlib import Path

    from quality.settings import Settings

EXIT_CODES = {"pass": 0, "warn": 0, "fail": 1, "unknown": 2}
_SENTENCES = {
    "pass": "passed",
    "warn": "passed, with warnings",
    "fail": "failed: a blocking gate is not passed",
    "unknown": "not known: a blocking gate lacks its evidence",
}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--snapshot", default=SNAPSHOT, metavar="FILE", help="(default: %(default)s)")
    parser.add_argument(
        "--regressions", default="", metavar="FILE", help=f"(default: {REGRESSIONS}, if there)"
    )
    parser.add_argument("--output", default=VERDICT, metavar="FILE", help="(default: %(default)s)")
    parser.epilog = (
        "Exit code: 0 passed, with or without warnings; 1 a blocking gate fails; 2 a blocking gate lacks its"
        " evidence, or the input cannot be used."
    )
    add_project_options(parser)


def run(arguments: Namespace) -> int:
    """Run the command.

    Returns:
        0 passed; 1 a blocking gate fails; 2 a blocking gate lacks its evidence.

    Raises:
        QualityError: A document cannot be read, or the settings are not valid.
    """
    project, settings = project_of(arguments)
    hint = "python tools/quality capture makes it."
    snapshot = read_document(Snapshot, project / arguments.snapshot, hint=hint)
    regressions = _regressions(project, arguments.regressions, snapshot)
    verdict = decide(
        snapshot,
        regressions,
        settings,
        baseline=_baseline(snapshot, project, settings),
        today=dt.datetime.now(dt.UTC).date(),
    )
    write_document(verdict, project / arguments.output)
    print(describe(verdict))
    return EXIT_CODES[verdict.status]


def describe(verdict: Verdict) -> str:
    """Return a verdict as lines for a terminal."""
    lines = [f"{one.status:8}{one.name:17}{one.reason} ({one.bound})" for one in verdict.gates]
    return "\n".join([*lines, f"quality gate of {verdict.release}: {_SENTENCES[verdict.status]}"])


def _regressions(project: Path, given: str, snapshot: Snapshot) -> Regressions | None:
    file = project / (given or REGRESSIONS)
    if not given and not file.exists():
        return None
    hint = "python tools/quality detect-regressions makes it."
    regressions = read_document(Regressions, file, hint=hint)
    if regressions.current != snapshot.release:
        raise QualityError(
            f"is about {regressions.current}, the snapshot about {snapshot.release}",
            where=str(file),
            hint=hint,
        )
    return regressions


def _baseline(snapshot: Snapshot, project: Path, settings: Settings) -> Snapshot | None:
    """Return the baseline's snapshot where a gate asks for it."""
    if not settings.quality_gates.test_coverage.ratchet or not snapshot.baseline:
        return None
    return baseline_snapshot(
        snapshot.baseline, project, lambda: location_of_history(settings), snapshot.commit
    )
