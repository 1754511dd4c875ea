"""The command line: ``release-quality OPERATION PATH``, and ``main`` of every codemod that is run by itself."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from codemods import __version__
from codemods.errors import ReleaseQualityError, UsageError
from codemods.operation import FEATURES, Options, Parameter, execute, load, operations

if TYPE_CHECKING:
    from collections.abc import Sequence

_DATA_FILE = "Give a YAML file of KEY: VALUE lines."


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``release-quality``.

    Args:
        argv: Arguments without the program's name; those of the process when left out.

    Returns:
        0 done or nothing to do; 1 something would change under ``--check``, or a part could not be done; 2
        wrong usage or unusable input.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    # Only the chosen operation is imported: start-up is part of every command.
    name = next((item.replace("-", "_") for item in arguments if not item.startswith("-")), "")
    name = {"analyze": "analyze_codebase"}.get(name, name)
    if name in operations():
        at = next(index for index, item in enumerate(arguments) if not item.startswith("-"))
        return run_operation(
            name, arguments[:at] + arguments[at + 1 :], program=f"release-quality {name.replace('_', '-')}"
        )
    from codemods.present import Presenter

    parser = _Parser(
        prog="release-quality",
        description="Take an existing service from bare to traced, measured and health-checked, and back.",
        epilog="release-quality OPERATION --help shows the options of one operation.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"release-quality {__version__}")
    listing = parser.add_subparsers(title="operations", metavar="OPERATION")
    for operation in operations():
        listing.add_parser(operation.replace("_", "-"), help=load(operation).SUMMARY)
    try:
        if name:
            load(name)  # says which name is meant
        parser.parse_args(arguments)
    except UsageError as error:
        Presenter(Options(json="--json" in arguments)).error(str(error))
        return error.exit_code
    parser.print_help()
    return 0


def run_operation(name: str, argv: Sequence[str] | None = None, *, program: str = "") -> int:
    """Run one operation from the command line.

    Args:
        name: The operation: ``add_tracing``.
        argv: Its arguments; those of the process when left out.
        program: The name shown in usage messages; the process's own when left out.

    Returns:
        The exit code, as for `main`.
    """
    if argv is None and "bowler.main" in sys.modules:
        # `bowler run` drops what a codemod's main() returns.
        raise SystemExit(_run(name, sys.argv[1:], f"bowler run codemods/{name}.py --"))
    return _run(name, sys.argv[1:] if argv is None else argv, program or Path(sys.argv[0]).name)


def _run(name: str, argv: Sequence[str], program: str) -> int:
    from codemods.present import Presenter

    operation = load(name)
    parser = _Parser(prog=program, description=operation.SUMMARY[:1].upper() + operation.SUMMARY[1:] + ".")
    _add_arguments(parser, operation.PARAMETERS)
    as_json = "--json" in argv
    try:
        given = vars(parser.parse_args(argv))
        options = _options(given)
        parameters = {item.name: given[item.name] for item in operation.PARAMETERS}
    except ReleaseQualityError as error:
        presenter = Presenter(Options(json=as_json))
        presenter.error(str(error))
        return error.exit_code
    presenter = Presenter(options)
    options.progress, options.confirm = presenter.progress, presenter.confirm
    with presenter:
        result = execute(name, given["project_path"], parameters, options)
    try:
        presenter.show(name, result)
        sys.stdout.flush()
    except BrokenPipeError:
        # `| head` has read enough; what was asked for is done.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return result.exit_code


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are messages like all others: what, and what next."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"{self.prog} --help shows the options.")


def _add_arguments(parser: argparse.ArgumentParser, parameters: tuple[Parameter, ...]) -> None:
    parser.add_argument(
        "project_path", metavar="PATH", nargs="?", default=".", help="the project's directory (default: .)"
    )
    own = parser.add_argument_group("this operation")
    for parameter in parameters:
        flags = [f"--{name.replace('_', '-')}" for name in (parameter.name, *parameter.aliases)]
        _add_parameter(own, parameter, flags)
    common = parser.add_argument_group("all operations")
    common.add_argument("--diff", action="store_true", help="print the unified diff, write nothing")
    common.add_argument(
        "--check", action="store_true", help="write nothing, exit 1 if something would change"
    )
    common.add_argument("--json", action="store_true", help="print one JSON document")
    common.add_argument(
        "--only", nargs="+", default=[], metavar="FEATURE", help=f"only these: {', '.join(FEATURES)}"
    )
    common.add_argument("--skip", nargs="+", default=[], metavar="FEATURE", help="all but these")
    common.add_argument(
        "--service", default="", metavar="DIR", help="which service of a repository with several"
    )
    common.add_argument("--all-services", action="store_true", help="each service of the repository")
    common.add_argument(
        "--app", default="", metavar="MODULE:NAME", help="which application object, where there are several"
    )
    common.add_argument(
        "--allow-dirty", action="store_true", help="go ahead on a git tree with uncommitted changes"
    )
    common.add_argument("--defaults", action="store_true", help="ask nothing")
    common.add_argument(
        "--data", action="append", default=[], metavar="KEY=VALUE", help="an answer, as Copier names it"
    )
    common.add_argument("--data-file", metavar="FILE", help="answers as a YAML mapping")
    common.add_argument(
        "--inject-only", action="store_true", help="the package is rendered already (by Copier): only inject"
    )
    common.add_argument(
        "--refresh-lock", action="store_true", help="let the project's own tool refresh its lock file"
    )


def _add_parameter(group: argparse._ArgumentGroup, parameter: Parameter, flags: list[str]) -> None:
    if parameter.kind == "bool":
        group.add_argument(
            *flags,
            dest=parameter.name,
            action=argparse.BooleanOptionalAction,
            default=None,
            help=parameter.help,
        )
    elif parameter.kind == "list":
        group.add_argument(
            *flags, dest=parameter.name, nargs="+", default=None, metavar="NAME", help=parameter.help
        )
    elif parameter.kind == "objects":
        group.add_argument(
            *flags, dest=parameter.name, type=_json_list, default=None, metavar="JSON", help=parameter.help
        )
    else:
        types = {"str": str, "int": int, "float": float}
        group.add_argument(
            *flags,
            dest=parameter.name,
            type=types[parameter.kind],
            default=None,
            choices=parameter.choices or None,
            metavar=None if parameter.choices else parameter.kind.upper(),
            help=parameter.help,
        )


def _json_list(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"is not JSON: {error}") from None
    if not isinstance(value, list):
        raise argparse.ArgumentTypeError("must be a JSON list")
    return value


def _options(given: dict[str, Any]) -> Options:
    names = (
        "diff",
        "check",
        "json",
        "only",
        "skip",
        "service",
        "all_services",
        "app",
        "allow_dirty",
        "defaults",
        "inject_only",
    )
    options = Options(**{name: given[name] for name in names}, refresh_lock=given["refresh_lock"])
    options.features()
    if given["data_file"]:
        options.data |= _data_file(given["data_file"])
    for item in given["data"]:
        key, separator, value = item.partition("=")
        if not separator:
            raise UsageError(
                f"not KEY=VALUE: {item!r}", where="--data", hint="For example --data service_name=shop."
            )
        options.data[key] = _yaml_value(value)
    return options


def _yaml_value(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _data_file(path: str) -> dict[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=path, hint=_DATA_FILE) from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise UsageError(f"is not YAML{line}", where=path, hint=_DATA_FILE) from None
    if not isinstance(data, dict):
        raise UsageError("holds no mapping", where=path, hint=_DATA_FILE)
    return data
