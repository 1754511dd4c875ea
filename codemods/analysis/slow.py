"""Functions that are likely to be slow, by reading the code. The threshold at run time decides what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from codemods.analysis.paths import is_example_path, is_test_path
from codemods.analysis.project import Project
from codemods.analysis.syntax import Attribute, Call, Function, Name, Source
from codemods.analysis.values import Evaluator

if TYPE_CHECKING:
    from codemods.analysis.model import Analysis
    from codemods.facts import RuntimeFacts

_MAX_FILES = 2000
_NESTED = 2


@dataclass(frozen=True)
class SlowFunction:
    """A function worth profiling.

    Attributes:
        file: Where it stands.
        qualname: ``name`` or ``Class.name``.
        line: 1-based line of its definition.
        reason: Why, in one sentence; the weightiest reason first.
        score: The sum of the reasons' weights.
    """

    file: str
    qualname: str
    line: int
    reason: str
    score: int


def find_slow_functions(analysis: Analysis) -> list[SlowFunction]:
    """Pick functions that are likely to be slow.

    Args:
        analysis: The analysis of the service; its package says which files are the service's own.

    Returns:
        The picks, the highest score first.
    """
    from codemods.analysis.files import scan  # with the facts, loaded on use
    from codemods.analysis.telemetry import own_directories
    from codemods.facts import python_facts

    tree = scan(Path(analysis.project_path))
    ours = tuple(f"{directory}/" for directory in own_directories(tree))
    directory = analysis.package.directory if analysis.package else "."
    prefix = "" if directory == "." else f"{directory}/"
    project = Project(tree, analysis.package.import_root if analysis.package else ".")
    own = [path for path in tree.sources if path.startswith(prefix) and not path.startswith(ours)]
    own = [path for path in own if not is_test_path(path) and not is_example_path(path) and _is_module(path)]
    # Reaching a file parses it; the rest of a large tree need not be.
    wanted = (
        set(own) & _reached(project, _roots(analysis)) if analysis.applications else set(own[:_MAX_FILES])
    )
    for path in sorted(wanted):
        project.read(path)
    handlers = {(endpoint.file, endpoint.function) for endpoint in analysis.endpoints}
    picker = _Picker(project, Evaluator(project), python_facts(), handlers)
    sources = [source for source in project.parsed() if source.path in wanted and not _is_migration(source)]
    found = [pick for source in sources for pick in picker.of(source)]
    return sorted(found, key=lambda item: (-item.score, item.file, item.line))


def _roots(analysis: Analysis) -> set[str]:
    """Return the files that a server or a worker loads, or that answer a request."""
    loaded = {item.file for item in analysis.applications if not item.test_only}
    loaded |= {item.file for item in analysis.entry_points if item.type == "background_task"}
    return loaded | {endpoint.file for endpoint in analysis.endpoints}


def _reached(project: Project, roots: set[str]) -> set[str]:
    """Return the files that some files import, directly or not; a command line tool beside the service is none."""
    reached: set[str] = set()
    waiting = sorted(roots)
    while waiting:
        path = waiting.pop()
        source = project.read(path) if path not in reached else None
        if source is None:
            continue
        reached.add(path)
        targets = (
            [item.target for item in source.imports] + [name for name, _ in source.modules] + source.stars
        )
        for target in targets:
            parts = project.absolute(path, target).split(".")
            # A package's own file runs before its modules; the last part may be a name inside of a module.
            waiting.extend(
                found
                for cut in range(1, len(parts) + 1)
                if (found := project.find_module(".".join(parts[:cut])))
            )
    return reached


def _is_module(path: str) -> bool:
    """Leave out scripts that no import can name, such as ``2024-01-01_add_users.py``."""
    return PurePosixPath(path).stem.isidentifier()


def _is_migration(source: Source) -> bool:
    """Leave out what changes a database's schema: it runs at a deployment, never while a client waits.

    https://alembic.sqlalchemy.org/en/latest/tutorial.html#create-a-migration-script
    """
    return "migrations" in PurePosixPath(source.path).parts or ("", "down_revision") in source.assignments


class _Picker:
    def __init__(
        self, project: Project, evaluator: Evaluator, runtime: RuntimeFacts, handlers: set[tuple[str, str]]
    ) -> None:
        self.project, self.evaluator, self.facts = project, evaluator, runtime.slow
        self.handlers = handlers
        self.clients = {
            made.call: made.is_async
            for library in runtime.libraries.values()
            if library.role == "http"
            for made in library.constructors
        }

    def of(self, source: Source) -> list[SlowFunction]:
        """Return the picks of one file."""
        calls: dict[str, list[Call]] = {}
        for call in source.calls:
            if not call.decorates:
                calls.setdefault(call.scope, []).append(call)
        found = []
        for function in source.functions.values():
            if any(
                "." in name and name in source.functions for name in [function.qualname.rpartition(".")[0]]
            ):
                continue
            reasons = self._reasons(source, function, calls.get(function.qualname, []))
            if reasons:
                ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
                text = "; ".join(reason for reason, _ in ordered)
                score = sum(weight for _, weight in ordered)
                found.append(SlowFunction(source.path, function.qualname, function.line, text, score))
        return found

    def _reasons(self, source: Source, function: Function, calls: list[Call]) -> dict[str, int]:
        reasons: dict[str, int] = {}
        is_handler = (source.path, function.qualname) in self.handlers
        for call in calls:
            name = self._name(source, call)
            is_http = name in self.facts.http or self._by_client(source, call, is_async=False)
            shown = f"`{_written(call)}()`"
            if function.is_async:
                reasons.update(self._blocking(name, shown, is_http=is_http))
            elif is_http:
                waiting = f"calls {shown} synchronously while a client waits"
                reasons.update({waiting: 70} if is_handler else {f"makes an HTTP request with {shown}": 40})
            elif name in self.facts.blocking:
                reasons[f"waits in {shown}"] = 40
            if call.loops:
                reasons.update(self._in_loop(source, call, name, shown, is_http=is_http))
        if function.loop_depth >= _NESTED:
            reasons[f"loops nested {function.loop_depth} deep"] = 15 * function.loop_depth
        return reasons

    def _blocking(self, name: str, shown: str, *, is_http: bool) -> dict[str, int]:
        reason = f"calls {shown} in async code, which blocks the event loop"
        if is_http or name in self.facts.blocking:
            return {reason: 90}
        return {reason: 60} if name in self.facts.files else {}

    def _in_loop(self, source: Source, call: Call, name: str, shown: str, *, is_http: bool) -> dict[str, int]:
        if is_http or self._by_client(source, call, is_async=True):
            return {f"makes HTTP requests one after the other in a loop ({shown})": 50}
        if "." in _written(call) and name.rpartition(".")[2] in self.facts.queries:
            return {f"runs a query in each pass of a loop ({shown})": 50}
        return {f"touches files in each pass of a loop ({shown})": 30} if name in self.facts.files else {}

    def _name(self, source: Source, call: Call) -> str:
        if isinstance(call.function, Attribute):
            return f"….{call.function.name}"
        if not isinstance(call.function, Name):
            return ""
        symbol = self.project.resolve(source, call.scope, call.function.path)
        return symbol.full if not symbol.path else call.function.path

    def _by_client(self, source: Source, call: Call, *, is_async: bool) -> bool:
        """Say whether a call is a request through a client object: `session.get()` of a `requests.Session()`."""
        function = call.function
        if isinstance(function, Name):
            owner, _, method = function.path.rpartition(".")
            values = self.evaluator.values(source, call.scope, Name(owner)) if owner else []
        elif isinstance(function, Attribute):
            method = function.name
            values = self.evaluator.values(source, call.scope, function.value)
        else:
            return False
        if method not in {"get", "post", "put", "patch", "delete", "head", "request", "send", "stream"}:
            return False
        for value in values:
            made = value.expression
            if isinstance(made, Call):
                name = self.project.full_name(value.source, value.scope, made.function)
                if self.clients.get(name) is is_async and name.rpartition(".")[2][:1].isupper():
                    return True
        return False


def _written(call: Call) -> str:
    if isinstance(call.function, Name):
        return call.function.path
    return f"….{call.function.name}" if isinstance(call.function, Attribute) else "…"


__all__ = ["SlowFunction", "find_slow_functions"]
