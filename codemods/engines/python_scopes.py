"""Scopes, bindings and places: what a walk over a file notes.

https://docs.python.org/3/reference/executionmodel.html#naming-and-binding
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import libcst as cst


class Binding(NamedTuple):
    """One way in which a scope gives a name its meaning.

    Attributes:
        origin: Dotted name of what an import, a class or a function definition binds; empty for anything else.
        value: The expression of a plain assignment.
        node: The statement, for its position.
        imported: Whether it is an import.
        typing_only: Whether it stands under ``if TYPE_CHECKING:``.
    """

    origin: str
    value: cst.BaseExpression | None
    node: cst.CSTNode
    imported: bool = False
    typing_only: bool = False


@dataclasses.dataclass(eq=False)
class Scope:
    """A module, class, function, lambda or comprehension."""

    kind: str
    qualname: str
    parent: Scope | None
    bindings: dict[str, list[Binding]] = dataclasses.field(default_factory=dict)
    used: set[str] = dataclasses.field(default_factory=set)
    outside: dict[str, Scope] = dataclasses.field(default_factory=dict)
    parameters: set[str] = dataclasses.field(default_factory=set)
    generator: bool = False

    def owner(self) -> Scope:
        """Return the scope itself, or the function, class or module that a lambda or comprehension stands in."""
        scope = self
        while scope.kind in {"lambda", "comprehension"} and scope.parent:
            scope = scope.parent
        return scope

    def chain(self) -> list[Scope]:
        """Return the scopes in which a name used here is looked up, innermost first."""
        scopes = [self]
        scope = self.parent
        while scope:
            if scope.kind != "class":
                scopes.append(scope)
            scope = scope.parent
        return scopes


@dataclasses.dataclass(eq=False)
class Place:
    """Where a small statement stands.

    Attributes:
        statement: The small statement.
        line: The line or one-line suite that holds it.
        suites: The bodies around it within its scope, outermost first.
        scope: Its scope.
    """

    statement: cst.BaseSmallStatement
    line: cst.SimpleStatementLine | cst.SimpleStatementSuite
    suites: tuple[cst.CSTNode, ...]
    scope: Scope


@dataclasses.dataclass(eq=False)
class CallRecord:
    """A call, and where it stands; ``place`` is None in headers of compound statements and in decorators."""

    node: cst.Call
    scope: Scope
    place: Place | None


@dataclasses.dataclass(eq=False)
class FunctionRecord:
    """A function definition."""

    node: cst.FunctionDef
    qualname: str
    scope: Scope
    own: Scope


def dotted(node: cst.CSTNode | None) -> list[str]:
    """Return the parts of a name or a chain of attributes; an empty list for any other expression."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return []
    return [node.value, *reversed(parts)]


def called(node: cst.BaseExpression) -> cst.BaseExpression:
    """Return what a decorator names: ``counted`` for ``@counted`` and for ``@counted(ORDERS)``."""
    return node.func if isinstance(node, cst.Call) else node


def plain_qualname(qualname: str) -> str:
    """Return a qualified name without ``<locals>``."""
    return qualname.replace(".<locals>", "")


def runs_at_import(scope: Scope) -> bool:
    """Whether code of a scope runs while the module is imported, so that names have to be bound above it."""
    return all(each.kind in {"module", "class"} for each in (scope, *scope.chain()))
