"""List the functions of a file, and decorate them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.engines.outcome import Changed, Outcome, Refused, Unchanged
from codemods.engines.python_calls import origins
from codemods.engines.python_imports import plan_imports
from codemods.engines.python_model import TARGET, FoundCall, FoundFunction, ImportContext
from codemods.engines.python_names import Names, names_of
from codemods.engines.python_parse import UnreadableError
from codemods.engines.python_scopes import called, dotted, plain_qualname

if TYPE_CHECKING:
    import libcst as cst

    from codemods.engines.python_model import Call
    from codemods.engines.python_scopes import FunctionRecord

_OVERLOADS = frozenset({"typing.overload", "typing_extensions.overload"})
_ACCESSORS = frozenset({"setter", "deleter"})


def functions(source: bytes) -> list[FoundFunction]:
    """Return the functions and methods of a file, in its order; none for a file that cannot be read."""
    from codemods.engines.python_model import ImportContext

    try:
        names = names_of(source, ImportContext("", ""))
    except UnreadableError:
        return []
    return [
        FoundFunction(
            record.qualname,
            names.source.line(names.source.inner(record.node)[0]),
            record.node.asynchronous is not None,
            record.own.generator,
            tuple(names.source.code(decorator.decorator) for decorator in record.node.decorators),
        )
        for record in names.functions
    ]


def add_decorator(source: bytes, *, qualname: str, decorator: Call, context: ImportContext) -> Outcome:
    """Put a decorator directly above ``def``, below the decorators that are there.

    Innermost is where it sees the function itself: routes, properties and class methods keep wrapping the result.

    Args:
        source: The file.
        qualname: ``name``, ``Class.name`` or ``outer.inner``.
        decorator: What to decorate with; without arguments it is written without brackets.
        context: How the file is imported.

    Returns:
        `Changed`; `Unchanged` when every definition of that name carries the decorator; `Refused` when there is none.
    """
    snippet = _paste(decorator, qualname)
    try:
        names = names_of(source, context)
        definitions = _definitions(names, qualname)
        if not definitions:
            return Refused(f"the function {qualname} was not found", snippet)
        missing = [record for record in definitions if not _decorated(names, record, decorator)]
        if not missing:
            return Unchanged(f"{qualname} is decorated with {decorator.function} already")
        first = missing[0]
        use = names.source.inner(first.node)[0]
        wanted = [decorator.function, *decorator.imports]
        plan = plan_imports(names, decorator.module, wanted, scope=first.scope, use=use)
        edits = list(plan.edits)
        for record in missing:
            start = names.source.inner(record.node)[0]
            line = f"{names.source.indent(start)}@{_text(decorator, plan.local)}"
            edits.append(names.source.insert_line_before(start, [line]))
        after = names.source.apply(edits)
        again = names_of(after, context)
        if not all(_decorated(again, record, decorator) for record in _definitions(again, qualname)):
            return Refused("the inserted decorator could not be found again", snippet)
    except UnreadableError as error:
        return Refused(str(error), snippet)
    return Changed(after)


def find_decorators(source: bytes, *, module: str, context: ImportContext) -> list[FoundCall]:
    """Return the decorators that resolve to a module, or to a module below it.

    Args:
        source: The file.
        module: Dotted name of a module or package.
        context: How the file is imported.

    Returns:
        The decorators in the order of the file; ``scope`` is the qualified name of the decorated function.
    """
    if module.rpartition(".")[2].encode() not in source:
        return []
    try:
        names = names_of(source, context)
    except UnreadableError:
        return []
    found = []
    for record in names.functions:
        for decorator in record.node.decorators:
            for origin in names.resolve(called(decorator.decorator), record.scope):
                if origin.startswith(f"{module}."):
                    line = names.source.line(names.source.inner(decorator.decorator)[0])
                    text = names.source.code(decorator.decorator)
                    found.append(FoundCall(origin[len(module) + 1 :], line, text, record.qualname))
                    break
    return sorted(found, key=lambda each: each.line)


def _definitions(names: Names, qualname: str) -> list[FunctionRecord]:
    """Return the definitions to decorate: not the stubs of overloads, not the setters of a property."""
    wanted = plain_qualname(qualname)
    every = [record for record in names.functions if record.qualname == wanted]
    bodies = [record for record in every if not _has(names, record, _OVERLOADS)]
    getters = [
        record
        for record in bodies
        if not any(_is_accessor(each.decorator) for each in record.node.decorators)
    ]
    return getters or bodies


def _has(names: Names, record: FunctionRecord, wanted: frozenset[str] | set[str]) -> bool:
    return any(
        names.resolve(called(each.decorator), record.scope) & wanted for each in record.node.decorators
    )


def _is_accessor(node: cst.BaseExpression) -> bool:
    parts = dotted(node)
    return len(parts) > 1 and parts[-1] in _ACCESSORS


def _decorated(names: Names, record: FunctionRecord, decorator: Call) -> bool:
    return _has(names, record, origins(decorator))


def _text(decorator: Call, local: dict[str, str]) -> str:
    arguments = [local.get(argument, argument) for argument in decorator.arguments if TARGET not in argument]
    name = local.get(decorator.function, decorator.function)
    return f"{name}({', '.join(arguments)})" if arguments else name


def _paste(decorator: Call, qualname: str) -> str:
    imported = ", ".join(sorted({decorator.function, *decorator.imports}))
    name = qualname.rpartition(".")[2]
    return f"from {decorator.module} import {imported}\n\n@{_text(decorator, {})}\ndef {name}(...): ...\n"
