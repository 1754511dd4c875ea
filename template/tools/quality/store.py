"""The command `store`: adds a snapshot to the history."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from quality.documents import REGRESSIONS, SNAPSHOT, Regressions, Snapshot, read_document
from quality.errors import QualityError
from quality.history import URL_VARIABLE, location_of_history, open_history
from quality.options import add_project_options, project_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--snapshot", default=SNAPSHOT, metavar="FILE", help="(default: %(default)s)")
    parser.add_argument(
        "--regressions", default="", metavar="FILE", help=f"(default: {REGRESSIONS}, if there)"
    )
    parser.add_argument("--release", default="", help="branch or tag (default: the snapshot's)")
    parser.add_argument("--commit", default="", metavar="SHA", help="(default: the snapshot's)")
    parser.add_argument(
        "--url",
        default=None,
        help=f"a file or a postgresql:// URL (default: ${URL_VARIABLE}, else `history` of the settings);"
        " a password belongs in the variable, as other users can read options",
    )
    add_project_options(parser)


def run(arguments: Namespace) -> int:
    """Run the command; prints the row that it wrote, as JSON.

    Returns:
        0.

    Raises:
        QualityError: A document cannot be read, or the history cannot be written.
    """
    project, settings = project_of(arguments)
    hint = "python tools/quality capture makes it."
    snapshot = read_document(Snapshot, project / arguments.snapshot, hint=hint)
    snapshot.release = arguments.release or snapshot.release
    snapshot.commit = arguments.commit or snapshot.commit
    if not snapshot.commit:
        raise QualityError("the commit is not known", where=arguments.snapshot, hint="Name it with --commit.")
    file = project / (arguments.regressions or REGRESSIONS)
    regressions = read_document(Regressions, file) if arguments.regressions or file.exists() else None
    with open_history(location_of_history(settings, arguments.url), project, create=True) as history:
        replaced = history.store(snapshot, regressions)
        where = history.name
    row = {
        "release": snapshot.release,
        "commit": snapshot.commit,
        "created": snapshot.created.isoformat(),
        "quality_score": snapshot.quality_score,
        "history": where,
        "replaced": replaced,
    }
    print(json.dumps(row, ensure_ascii=False))
    return 0
