"""What people see: progress, colour, diffs as they know them, a summary that names the next command."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import Console, RenderableType
    from rich.status import Status

    from codemods.operation import Options, Result


# More files than this in one directory are counted, not listed.
_FEW = 4


class Presenter:
    """Shows one run. Results go to standard output, everything else to standard error.

    Args:
        options: ``json`` turns everything but the one document off; ``defaults`` asks nothing.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._status: Status | None = None
        self._errors: Console | None = None

    @property
    def _console(self) -> Console:
        if self._errors is None:
            from rich.console import Console

            self._errors = Console(stderr=True, highlight=False, soft_wrap=True)
        return self._errors

    def __enter__(self) -> Self:
        """Begin a run."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the progress display."""
        self._stop()

    def progress(self, message: str) -> None:
        """Say what is being done; only a terminal shows it."""
        if self._options.json or not sys.stderr.isatty():
            return
        if self._status is None:
            self._status = self._console.status(message)
            self._status.start()
        else:
            self._status.update(message)

    def confirm(self, question: str) -> bool:
        """Ask yes or no; the answer is no without a terminal or under ``--defaults``."""
        if self._options.defaults or self._options.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        self._stop()
        from rich.prompt import Confirm

        return Confirm.ask(question, console=self._console, default=False)

    def error(self, message: str) -> None:
        """Show an error; as a JSON document when one was asked for."""
        if self._options.json:
            print(json.dumps({"success": False, "errors": [message], "warnings": []}, indent=2))  # noqa: T201
        else:
            self._message("error", "bold red", message)

    def show(self, name: str, result: Result) -> None:
        """Show a result: the diff or the findings on standard output, then the summary."""
        if self._options.json:
            print(json.dumps(result.to_json(), indent=2, default=str))  # noqa: T201
            return
        if self._options.diff and result.plan is not None:
            _print_diff(result.plan.diff())
        for warning in result.warnings:
            self._message("note", "yellow", warning)
        if result.page is not None:
            _print(result.page)
        for error in result.errors:
            self._message("error", "bold red", error)
        if name == "analyze_codebase" and result.success:
            _print(_analysis_table(result.data))
        elif result.page is None:
            self._summary(result)

    def _summary(self, result: Result) -> None:
        plan, data = result.plan, result.data
        if plan is None:
            return
        dry = self._options.dry
        changed = len(plan.edits())
        lines = [
            (f"{len(paths)} {what}", paths)
            for what, paths in (
                ("created", plan.created()),
                ("changed", plan.modified()),
                ("deleted", plan.deleted()),
            )
            if paths
        ]
        if not changed:
            self._console.print("[green]Nothing to change.[/]" if result.success else "Nothing was changed.")
        else:
            head = "Would change" if dry else "Done:"
            self._console.print(f"[bold]{head}[/] " + ", ".join(count for count, _ in lines))
            for count, paths in lines:
                self._console.print(f"  [dim]{count.split()[1]:8}[/] " + ", ".join(_folded(paths)))
        for title, key in (
            ("traced", "auto_instrumented"),
            ("metrics", "metrics_added"),
            ("spans on", "manual_spans_added"),
            ("profiled", "profiled_functions"),
            ("checks", "checks"),
            ("packages", "dependencies_added"),
        ):
            if data.get(key) and changed:
                self._console.print(f"  [dim]{title:8}[/] " + ", ".join(data[key]), markup=True)
        if changed and not dry and data.get("next"):
            first = "install the packages, then " if data.get("dependencies_added") else ""
            self._console.print(f"Next: {first}[bold]{data['next']}[/]")

    def _message(self, label: str, style: str, message: str) -> None:
        self._stop()
        from rich.text import Text

        self._console.print(Text.assemble((f"{label}: ", style), message))

    def _stop(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None


def _folded(paths: list[str]) -> list[str]:
    """Return paths with the files of a directory counted where there are many."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    shown: list[str] = []
    for folder, inside in folders.items():
        many = folder and len(inside) > _FEW
        shown += [f"{folder}/ ({len(inside)} files)"] if many else inside
    return shown


def _print_diff(diff: str) -> None:
    if not sys.stdout.isatty():
        # Bytes as they are: a diff must be good for `git apply`, whatever the encoding of the files.
        sys.stdout.buffer.write(diff.encode("utf-8", "surrogateescape"))
        sys.stdout.flush()
        return
    from rich.console import Console
    from rich.syntax import Syntax

    Console().print(Syntax(diff, "diff", background_color="default", word_wrap=False))


def _print(renderable: RenderableType) -> None:
    from rich.console import Console

    Console(highlight=False, soft_wrap=not sys.stdout.isatty()).print(renderable)


def _analysis_table(data: dict[str, Any]) -> RenderableType:
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()

    def row(title: str, lines: list[str]) -> None:
        for number, line in enumerate(lines):
            table.add_row("" if number else title, line)

    version = f" {data['framework_version']}" if data["framework_version"] else ""
    row("service", [data["service_name"]])
    known = [f"{data['framework'] or 'none found'}{version}", data["language"], data["package_manager"]]
    row("framework", [", ".join(part for part in known if part)])
    row("services", data["services"])
    row(
        "entry points",
        [
            f"{item['file']}  {item['type']}"
            + (f"  {item['app']}" if item["app"] else "")
            + (f"  {item['endpoints']} endpoints" if item["endpoints"] else "")
            for item in data["entry_points"]
        ],
    )
    row("endpoints", [f"{item['method']:7} {item['path']}" for item in data["endpoints"]])
    for title, key in (
        ("databases", "database_connections"),
        ("caches", "cache_connections"),
        ("http", "http_clients"),
    ):
        row(
            title,
            [
                f"{item['type']}  {item['file']}" + (f"  {item['target']}" if item["target"] else "")
                for item in data[key]
            ],
        )
    row("started by", [f"{item['file']}: {item['command']}" for item in data["launch_commands"]])
    row(
        "telemetry",
        [
            f"{item['kind'].replace('_', ' ')}  {item['detail']}  {item['file']}:{item['line']}"
            for item in data["existing_instrumentation"]
        ],
    )
    row(
        "manifests",
        [item["file"] + ("" if item["main"] else f"  ({item['kind']})") for item in data["manifests"]],
    )
    row("needs", data["instrumentation_needed"])
    row("not seen", data["unseen"])
    return table
