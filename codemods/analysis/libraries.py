"""Databases, caches, HTTP clients, workers and schedulers in use, by the constructors that make them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from codemods.analysis.model import Connection
from codemods.analysis.paths import is_test_path
from codemods.analysis.prefilter import derives
from codemods.analysis.scripts import Scripts
from codemods.analysis.syntax import Attribute, Call, Class, Constant, Name, Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemods.analysis.project import Project, Symbol
    from codemods.analysis.values import Evaluator
    from codemods.facts import RuntimeFacts
    from codemods.library_facts import Library, Models

_MIGRATIONS = re.compile(r"(^|/)(alembic|migrations?)/")


@dataclass
class Libraries:
    """What was found, by role; ``names`` are the keys of every library in use."""

    databases: list[Connection] = field(default_factory=list)
    caches: list[Connection] = field(default_factory=list)
    http: list[Connection] = field(default_factory=list)
    workers: list[Connection] = field(default_factory=list)
    schedulers: list[Connection] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def find_libraries(
    project: Project,
    evaluator: Evaluator,
    runtime: RuntimeFacts,
    configured: Iterable[Connection] = (),
    serving: frozenset[str] = frozenset(),
) -> Libraries:
    """Find the connections and clients that the service's own code makes; test code is left out.

    One `Connection` stands for each object at module level; the calls in functions give one for each file and library.

    Args:
        project: The parsed files.
        evaluator: What expressions stand for.
        runtime: The libraries.
        configured: Connections that settings list.
        serving: Files that make an application or run a command line.
    """
    found = Libraries()
    listed = list(configured)
    sources = [source for source in project.parsed() if not is_test_path(source.path)]
    connections, used = _connections(project, runtime, sources, serving)
    used |= {item.type for item in listed}
    models = _models(project, evaluator, runtime, sources)
    found.names = [name for name in runtime.libraries if name in used]
    counted: set[str] = set()
    lists = {
        "database": found.databases,
        "cache": found.caches,
        "http": found.http,
        "worker": found.workers,
        "scheduler": found.schedulers,
    }
    for item in listed:
        lists[runtime.libraries[item.type].role].append(
            replace(item, models=0 if item.type in counted else models.get(item.type, 0))
        )
        counted.add(item.type)
    targeted = {(path, name) for path, name, target in connections if target}
    for (path, name, target), connection in sorted(
        connections.items(), key=lambda item: (not item[0][2], item[0])
    ):
        if not target and (path, name) in targeted:
            continue
        # Every engine of a project sees the same models; they are counted once, with the first.
        number = 0 if name in counted else models.get(name, 0)
        counted.add(name)
        lists[runtime.libraries[name].role].append(replace(connection, models=number))
    for name, library in runtime.libraries.items():
        if name in used and library.role == "database" and models.get(name) and name not in counted:
            path = min(source.path for source in sources if name in _imported(source, runtime))
            found.databases.append(Connection(path, name, "", is_async=False, models=models[name]))
    for items in lists.values():
        items.sort(key=lambda item: (item.file, item.type, item.target, item.detail))
    return found


def _connections(
    project: Project, runtime: RuntimeFacts, sources: list[Source], serving: frozenset[str]
) -> tuple[dict[tuple[str, str, str], Connection], set[str]]:
    """Return the connections that code makes, by file, library and target, and the libraries in use."""
    constructors = {
        made.call: (name, made)
        for name, library in runtime.libraries.items()
        for made in library.constructors
    }
    used: set[str] = set()
    scripts = Scripts(project, serving)
    connections: dict[tuple[str, str, str], Connection] = {}
    for source in sources:
        if _is_migration(source, set(runtime.migrations)):
            continue
        # A driver below an ORM is imported for its errors only; it is in use where a connection is made with it.
        used |= {name for name in _imported(source, runtime) if not _is_driver(runtime.libraries[name])}
        for call in source.calls:
            if (found := constructors.get(_called(project, source, call))) is None:
                continue
            name, constructor = found
            used.add(name)
            target = _target(project, source, call) if constructor.checkable else ""
            key = (source.path, name, target)
            # Readiness asks databases and caches alone, so nobody wants to know it of anything else.
            asked = runtime.libraries[name].role in {"database", "cache"}
            if key not in connections:
                beside = asked and scripts.include(source.path)
                connections[key] = Connection(*key, constructor.is_async, is_script=beside)
    return connections, used


def _is_migration(source: Source, tools: set[str]) -> bool:
    """Tell a migration from the service's own code: it makes engines of its own, which the service never uses."""
    context = {item.target.partition(".")[0] for item in source.imports if item.name == "context"}
    return _MIGRATIONS.search(source.path) is not None or bool(context & tools)


def read_models(project: Project, runtime: RuntimeFacts) -> None:
    """Parse the files that define models through a base of the project, and so mention no library themselves."""
    models = {name: library.models for name, library in runtime.libraries.items() if library.models}
    used = {name for source in project.parsed() for name in _imported(source, runtime)}
    leaves = {base.rpartition(".")[2] for item in models.values() for base in item.bases}
    names = {item.attribute for name, item in models.items() if item.attribute and name in used}
    leaves |= names
    for source in project.parsed():
        names.update(_derived(source, leaves))
        for (scope, target), items in source.assignments.items():
            calls = [item.value for item in items if isinstance(item.value, Call)]
            if not scope and any(isinstance(c.function, Name) and _leaf(c.function) in leaves for c in calls):
                names.add(target)
    searched: set[str] = set()
    while fresh := {name for name in names - searched if name.isidentifier()}:
        searched |= fresh
        pattern = derives(fresh)
        for path, data in project.tree.sources.items():
            if path not in project.sources and pattern.search(data):
                project.read(path)
        for source in project.parsed():
            names.update(_derived(source, searched))


def _derived(source: Source, names: set[str]) -> set[str]:
    found = set()
    for cls in source.classes.values():
        decorators = [item.function if isinstance(item, Call) else item for item in cls.decorators]
        if any(isinstance(item, Name) and _leaf(item) in names for item in (*cls.bases, *decorators)):
            found.add(cls.qualname.rpartition(".")[2])
    return found


def _leaf(name: Name) -> str:
    return name.path.rpartition(".")[2]


def _imported(source: Source, runtime: RuntimeFacts) -> set[str]:
    names = {name for item in source.imports for name in _leading(item.target)}
    names |= {name for star in source.stars for name in _leading(star)}
    return {name for name, library in runtime.libraries.items() if names & set(library.modules)}


def _leading(dotted: str) -> tuple[str, str]:
    """Return the top package of a dotted name, and its first two parts: what facts know libraries by."""
    parts = dotted.split(".")
    return parts[0], ".".join(parts[:2])


def _is_driver(library: Library) -> bool:
    return library.role == "database" and bool(library.instrumentor)


def _called(project: Project, source: Source, call: Call) -> str:
    if not isinstance(call.function, Name):
        return ""
    symbol = project.resolve(source, call.scope, call.function.path)
    return "" if symbol.path else symbol.full


def _target(project: Project, source: Source, call: Call) -> str:
    """Return ``module:name`` for an object that a check can import; empty for anything inside a function."""
    if call.scope or not call.target or "." in call.target or call.loops or call.main_guard:
        return ""
    return f"{project.module(source.path)}:{call.target}"


def _models(
    project: Project, evaluator: Evaluator, runtime: RuntimeFacts, sources: list[Source]
) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, library in runtime.libraries.items():
        if library.models is not None:
            counts[name] = sum(
                _is_model(project, evaluator, library, source, cls)
                for source in sources
                for cls in source.classes.values()
            )
    return counts


def _is_model(project: Project, evaluator: Evaluator, library: Library, source: Source, cls: Class) -> bool:
    """Say whether a class is a mapped model: derived from a declarative base, and neither that base nor abstract."""
    if library.models is None:
        return False
    bases = set(library.models.bases)
    derived = [
        symbol
        for symbol in evaluator.definitions.bases(source, cls)
        if _is_base(project, evaluator, symbol, library.models)
    ]
    if not derived:
        return False
    if library.models is not None and library.models.direct:
        return not _is_abstract(source, cls, library.models.abstract)
    table = cls.keywords.get("table")
    if any(base.startswith("sqlmodel.") for base in _full_bases(evaluator, source, cls) & bases):
        return isinstance(table, Constant) and table.value is True
    if library.models is not None and _is_abstract(source, cls, library.models.abstract):
        return False
    # A class right below a library's base is the project's own base, not a model.
    parents = [base for base in cls.bases if isinstance(base, Name)]
    direct = [project.resolve(source, "", base.path) for base in parents]
    return not any(not symbol.path and symbol.full in bases for symbol in direct)


def _is_abstract(source: Source, cls: Class, attribute: str) -> bool:
    """Whether an attribute of a class, ``Meta.abstract`` of a class in it, is True."""
    inner, _, name = attribute.rpartition(".")
    given = source.assigned(f"{cls.qualname}.{inner}" if inner else cls.qualname, name)
    return any(isinstance(item.value, Constant) and item.value.value is True for item in given)


def _full_bases(evaluator: Evaluator, source: Source, cls: Class) -> set[str]:
    return {symbol.full for symbol in evaluator.definitions.bases(source, cls) if not symbol.path}


def _is_base(project: Project, evaluator: Evaluator, symbol: Symbol, models: Models) -> bool:
    bases = set(models.bases)
    if not symbol.path:
        return symbol.full in bases
    home = project.read(symbol.path)
    if home is None:
        return False
    if (cls := home.classes.get(symbol.name)) is not None:
        decorators = [item.function if isinstance(item, Call) else item for item in cls.decorators]
        return any(project.full_name(home, "", item) in bases for item in decorators)
    if models.makers and _is_attribute_of_a_maker(project, evaluator, home, symbol, models):
        return True
    # `Base = declarative_base()`
    for item in home.assigned(symbol.scope, symbol.name):
        for value in evaluator.values(home, item.scope, item.value):
            if isinstance(value.expression, Call):
                called = project.full_name(value.source, value.scope, value.expression.function)
                if called in bases:
                    return True
    return False


def _is_attribute_of_a_maker(
    project: Project, evaluator: Evaluator, home: Source, symbol: Symbol, models: Models
) -> bool:
    """Say whether a name stands for `db.Model`, where `db = SQLAlchemy()`."""
    return any(
        isinstance(value.expression, Attribute)
        and value.expression.name == models.attribute
        and isinstance(value.expression.value, Call)
        and project.full_name(value.source, value.scope, value.expression.value.function) in models.makers
        for value in evaluator.values(home, symbol.scope, Name(symbol.name))
    )
