"""The command `report`: a page for people, or a file for the tools of a pipeline."""

from __future__ import annotations

import datetime as dt
import importlib
import sys
from typing import TYPE_CHECKING, NamedTuple

from quality.baselines import baseline_snapshot
from quality.documents import (
    REGRESSIONS,
    REPORT,
    SNAPSHOT,
    VERDICT,
    AnyDocument,
    Regressions,
    Snapshot,
    Verdict,
    read_document,
    write_text,
)
from quality.errors import QualityError
from quality.gates import decide
from quality.history import URL_VARIABLE, Entry, location_of_history, open_history
from quality.options import add_project_options, project_of
from quality.reporting.model import Report
from quality.settings import SETTINGS_FILE
from quality.settings_file import parse

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from pathlib import Path

    from quality.settings import Settings


class Format(NamedTuple):
    """A format: the module that renders it, and the file it is written to by default."""

    module: str
    file: str


# No file's name matches a default pattern of `evidence`: the next `capture` must not read it as a finding.
FORMATS = {
    "html": Format("page", REPORT),
    "markdown": Format("markdown", "reports/quality-report.md"),
    "json": Format("whole", "reports/quality-report.json"),
    "junit": Format("junit", "reports/quality-report.xml"),
    "sarif": Format("sarif", "reports/quality-report.sarif.json"),
    "codequality": Format("codequality", "reports/quality-report.codequality.json"),
}
# A branch is stored again and again, a tag once.
_A_BRANCH = 2


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--format", choices=FORMATS, default="html", help="(default: %(default)s)")
    parser.add_argument("--snapshot", default=SNAPSHOT, metavar="FILE", help="(default: %(default)s)")
    for name, file in (("--regressions", REGRESSIONS), ("--verdict", VERDICT)):
        parser.add_argument(name, default="", metavar="FILE", help=f"(default: {file}, if there)")
    parser.add_argument(
        "--history",
        default=None,
        metavar="URL",
        help=f"a file or a postgresql:// URL (default: ${URL_VARIABLE}, else `history` of the settings);"
        " a password belongs in the variable, as other users can read options",
    )
    files = ", ".join(f"{name} {one.file}" for name, one in FORMATS.items())
    parser.add_argument(
        "--output", default="", metavar="FILE", help=f"`-` is standard output (default: {files})"
    )
    add_project_options(parser)


def run(arguments: Namespace) -> int:
    """Run the command.

    Returns:
        0, whatever the gates say: `gate` is the command that fails.

    Raises:
        QualityError: A document or the history cannot be read, or the report cannot be written.
    """
    project, settings = project_of(arguments)
    report = collect(
        project,
        settings,
        snapshot=arguments.snapshot,
        regressions=arguments.regressions,
        verdict=arguments.verdict,
        history=location_of_history(settings, arguments.history),
    )
    chosen = FORMATS[arguments.format]
    text: str = importlib.import_module(f"quality.reporting.{chosen.module}").render(report)
    if arguments.output == "-":
        sys.stdout.buffer.write(text.encode("utf-8"))
        return 0
    output = arguments.output or chosen.file
    write_text(text, project / output)
    print(report.headline)
    print(f"wrote {output}")
    return 0


def collect(
    project: Path, settings: Settings, *, snapshot: str, regressions: str, verdict: str, history: str
) -> Report:
    """Read what the other commands have written.

    Args:
        project: The project's directory.
        settings: The bounds of the gates, which are applied here when `gate` has not run.
        snapshot: The snapshot's file.
        regressions: The comparison's file; empty for the usual one, which may be missing.
        verdict: The verdict's file; empty for the usual one, which may be missing.
        history: Where the history is; an empty one makes a report without trends.

    Raises:
        QualityError: A document is missing, unreadable or about another commit; names it.
    """
    now = read_document(Snapshot, project / snapshot, hint="python tools/quality capture makes it.")
    compared = _optional(Regressions, project, regressions, REGRESSIONS)
    if compared and compared.current != now.release:
        raise _about_another(regressions or REGRESSIONS, compared.current, now.release, "detect-regressions")
    said = _optional(Verdict, project, verdict, VERDICT)
    if said and (said.release, said.commit) != (now.release, now.commit):
        raise _about_another(
            verdict or VERDICT,
            f"{said.release} {said.commit[:12]}",
            f"{now.release} {now.commit[:12]}",
            "gate",
        )
    baseline = baseline_snapshot(now.baseline or "", project, lambda: history, now.commit)
    today = dt.datetime.now(dt.UTC).date()
    return Report(
        snapshot=now,
        verdict=said or decide(now, compared, settings, baseline=baseline, today=today),
        regressions=compared,
        baseline=baseline,
        history=_line(now, project, history),
        settings=settings,
        gate_lines=_gate_lines(project / SETTINGS_FILE),
    )


def _optional(kind: type[AnyDocument], project: Path, given: str, usual: str) -> AnyDocument | None:
    if not given and not (project / usual).exists():
        return None
    return read_document(kind, project / (given or usual))


def _line(now: Snapshot, project: Path, history: str) -> tuple[Entry, ...]:
    """Return the earlier entries that belong into one trend with this snapshot, oldest first."""
    with open_history(history, project) as entries:
        found = entries.entries(now.baseline or now.release)
        if len(found) < _A_BRANCH:
            found = entries.entries()
    return tuple(
        one for one in found if (one.snapshot.release, one.snapshot.commit) != (now.release, now.commit)
    )


def _gate_lines(file: Path) -> dict[str, int]:
    lines = parse(file)[1] if file.is_file() else {}
    return {str(place[-1]): line for place, line in lines.items() if place[:-1] == ("quality_gates",)}


def _about_another(file: str, found: str, wanted: str, command: str) -> QualityError:
    return QualityError(
        f"is about {found}, the snapshot about {wanted}",
        where=file,
        hint=f"python tools/quality {command} makes it anew.",
    )
