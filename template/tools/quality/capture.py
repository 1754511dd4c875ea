"""The command `capture`: collects the evidence of this commit, scores it and writes a snapshot."""

from __future__ import annotations

import contextlib
import json
import tomllib
from typing import TYPE_CHECKING

from quality.baselines import baseline_snapshot
from quality.complexity import measure_code
from quality.documents import SNAPSHOT, Environment, Snapshot, write_document
from quality.evidence.audits import read_audits
from quality.evidence.coverage import read_coverage
from quality.evidence.files import find_evidence
from quality.evidence.junit import read_tests
from quality.evidence.smells import read_smells
from quality.history import location_of_history
from quality.machine import describe_machine
from quality.options import add_project_options, project_of
from quality.score import score
from quality.version_control import changes_since, current_branch, current_commit

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from pathlib import Path

    from quality.settings import Settings

_SHOWN_COMMIT = 12


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--release", default="", help="branch or tag (default: the one that is checked out)")
    parser.add_argument("--baseline", default="", help="release, commit or snapshot file to compare with")
    parser.add_argument("--output", default=SNAPSHOT, metavar="FILE", help="(default: %(default)s)")
    add_project_options(parser)


def run(arguments: Namespace) -> int:
    """Run the command.

    Returns:
        0.

    Raises:
        QualityError: A file of evidence cannot be read, or the settings are not valid.
    """
    project, settings = project_of(arguments)
    snapshot = capture(project, settings, release=arguments.release, baseline=arguments.baseline)
    write_document(snapshot, project / arguments.output)
    print(_summary(snapshot))
    print(f"wrote {arguments.output}")
    return 0


def capture(project: Path, settings: Settings, *, release: str = "", baseline: str = "") -> Snapshot:
    """Collect the evidence of the commit that is checked out, and score it.

    Args:
        project: The project's directory.
        settings: Where the evidence is, and the formula of the score.
        release: Branch or tag; the one that is checked out when empty.
        baseline: What it is compared with later; may be empty.

    Raises:
        QualityError: A file of evidence cannot be read.
    """
    commit = current_commit(project)
    release = release or current_branch(project) or commit[:_SHOWN_COMMIT] or "unversioned"
    snapshot = Snapshot(
        release=release,
        commit=commit,
        baseline=baseline or None,
        environment=Environment.model_validate(describe_machine()),
    )
    _collect(snapshot, project, settings)
    measure_code(
        project,
        snapshot.code_quality,
        limit=settings.score.complexity_limit,
        exclude=settings.exclude,
    )
    if baseline:
        before = baseline_snapshot(baseline, project, lambda: location_of_history(settings), commit)
        names = [before.commit] if before and before.commit else []
        snapshot.changes = changes_since(project, [*names, f"origin/{baseline}", baseline])
    snapshot.quality_score, snapshot.score = score(snapshot, settings.score)
    return snapshot


def _collect(snapshot: Snapshot, project: Path, settings: Settings) -> None:
    """Read all evidence files into the snapshot."""
    files = {kind: find_evidence(project, patterns) for kind, patterns in dict(settings.evidence).items()}
    snapshot.missing = [kind for kind, found in files.items() if not found]
    snapshot.evidence += read_tests(files["tests"], snapshot.tests)
    coverage, coverage_warnings = read_coverage(files["coverage"], snapshot.tests)
    smells, smell_warnings = read_smells(files["smells"], snapshot.code_quality)
    audits, audit_warnings = read_audits(
        files["dependencies"], snapshot.dependencies, own_names=_own_names(project)
    )
    snapshot.evidence += coverage + smells + audits
    snapshot.warnings += coverage_warnings + smell_warnings + audit_warnings
    if snapshot.tests.total == 0:
        snapshot.warnings.append("the test reports hold no test")


def _own_names(project: Path) -> list[str]:
    """Return the names under which the project itself may stand among its dependencies."""
    names: list[object] = []
    # Neither file must be there or have a name; whether it is right is not this tool's to say.
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        names.append(
            tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
        )
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        names.append(json.loads((project / "package.json").read_bytes())["name"])
    return [name for name in names if isinstance(name, str)]


def _summary(snapshot: Snapshot) -> str:
    parts = ", ".join(f"{name} {part.points:g}" for name, part in snapshot.score.parts.items())
    value = snapshot.quality_score
    shown = "not known" if value is None else f"{value:g} of 100"
    lines = [f"quality score of {snapshot.release}: {shown}{f' ({parts})' if parts else ''}"]
    if snapshot.score.missing:
        lines.append(f"without evidence: {', '.join(snapshot.score.missing)}")
    unreadable = len(snapshot.code_quality.unreadable)
    if unreadable:
        lines.append(
            f"{unreadable} source files could not be measured, first {snapshot.code_quality.unreadable[0]}"
        )
    return "\n".join([*lines, *(f"warning: {warning}" for warning in snapshot.warnings)])
