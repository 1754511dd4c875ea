"""The command line. Only the chosen command is imported, so `benchmark` needs the standard library alone."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from quality.errors import QualityError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Command to module and summary; the module has `add_arguments(parser)` and `run(arguments) -> exit code`.
COMMANDS = {
    "capture": ("quality.capture", "collect the evidence of this commit and score it"),
    "benchmark": ("quality.benchmark", "measure base and head, interleaved, on this machine"),
    "detect-regressions": ("quality.regressions", "compare with the baseline"),
    "report": ("quality.report", "write a page for people, or a file for other tools"),
    "gate": ("quality.gate", "apply .quality-gates.yaml"),
    "store": ("quality.store", "add a snapshot to the history"),
}
_REQUIREMENTS = "Install the tool's packages: python -m pip install -r tools/quality/requirements.txt"


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are messages like all others."""

    def error(self, message: str) -> NoReturn:
        raise QualityError(message, hint=f"{self.prog} --help shows the options.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: Arguments without the program's name; those of the process when left out.

    Returns:
        0 done; 1 a gate is not passed; 2 wrong usage, unusable input, or a verdict that lacks evidence.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments)
    except QualityError as error:
        print(f"quality: {error}", file=sys.stderr)
        return error.exit_code
    except ModuleNotFoundError as error:
        if not error.name or error.name.partition(".")[0] == "quality":
            raise
        print(f"quality: the package {error.name} is not installed\n  {_REQUIREMENTS}", file=sys.stderr)
        return QualityError.exit_code
    except BrokenPipeError:
        # `| head` has read enough; what was asked for is done.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("quality: interrupted", file=sys.stderr)
        return 130


def _run(arguments: list[str]) -> int:
    parser = _Parser(
        prog="python tools/quality",
        description="Collects the evidence of a commit, scores it, compares it with a baseline and decides.",
        epilog="python tools/quality COMMAND --help shows the options of one command.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", parser_class=_Parser
    )
    for name, (module, summary) in COMMANDS.items():
        description = f"{summary[0].upper()}{summary[1:]}."
        command = commands.add_parser(name, help=summary, description=description, allow_abbrev=False)
        if arguments[:1] == [name]:
            importlib.import_module(module).add_arguments(command)
    given = parser.parse_args(arguments)
    if given.command is None:
        parser.print_help()
        return 0
    code: int = importlib.import_module(COMMANDS[given.command][0]).run(given)
    sys.stdout.flush()
    return code
