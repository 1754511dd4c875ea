"""What the names of one file stand for: its scopes, imports and calls, read in one walk.

LibCST's own `QualifiedNameProvider` gives the same answers at thirty times the cost, so names are resolved here,
by the file's imports and Python's scoping rules.
https://docs.python.org/3/reference/executionmodel.html#naming-and-binding
"""

from __future__ import annotations

import dataclasses
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from codemods.engines.python_source import read

if TYPE_CHECKING:
    from codemods.engines.python_model import ImportContext
    from codemods.engines.python_source import Source

_RESOLVE_DEPTH = 5
_SKIPPED_FIELDS = (
    "whitespace",
    "leading",
    "trailing",
    "lpar",
    "rpar",
    "lbracket",
    "rbracket",
    "header",
    "footer",
)
_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
_DEFINITIONS = (cst.FunctionDef, cst.ClassDef)


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


class Names:
    """The scopes, imports, calls and functions of one file.

    Args:
        source: The file.
        context: How it is imported.
    """

    def __init__(self, source: Source, context: ImportContext) -> None:
        self.source = source
        self.context = context
        self.module = Scope("module", "", None)
        self.calls: list[CallRecord] = []
        self.places: list[Place] = []
        self.functions: list[FunctionRecord] = []
        self.imports: list[tuple[cst.Import | cst.ImportFrom, Scope]] = []
        self.stars: list[str] = []
        self._scope = self.module
        self._place: Place | None = None
        self._suites: tuple[cst.CSTNode, ...] = ()
        self._typing_only = False
        for statement in source.module.body:
            self._visit(statement)

    def resolve(self, node: cst.BaseExpression, scope: Scope, depth: int = _RESOLVE_DEPTH) -> set[str]:
        """Return the dotted names that an expression can stand for; empty when that cannot be told.

        Args:
            node: A name or a chain of attributes.
            scope: Where it is used.
            depth: How many assignments ``f = module.f`` are followed.
        """
        parts = dotted(node)
        if not parts or not depth:
            return set()
        root, rest = parts[0], "".join(f".{part}" for part in parts[1:])
        for candidate in scope.chain():
            where = candidate.outside.get(root, candidate)
            bindings = where.bindings.get(root)
            if bindings:
                found = {binding.origin + rest for binding in bindings if binding.origin}
                for binding in bindings:
                    if binding.value is not None:
                        found |= {name + rest for name in self.resolve(binding.value, where, depth - 1)}
                return found
        return {f"{star}.{root}{rest}" for star in self.stars}

    def absolute(self, node: cst.ImportFrom) -> str:
        """Return the absolute dotted module of a ``from`` import; empty when it leads out of the top package."""
        module = ".".join(dotted(node.module)) if node.module else ""
        level = len(node.relative)
        if not level:
            return module
        parts = self.context.module.split(".") if self.context.module else []
        drop = level - 1 if self.context.is_package else level
        if drop > len(parts):
            return ""
        base = ".".join(parts[: len(parts) - drop])
        return ".".join(part for part in (base, module) if part)

    def bound(self, name: str, scope: Scope) -> bool:
        """Whether a name means something already where ``scope`` looks it up."""
        return any(name in candidate.bindings for candidate in scope.chain())

    def _visit(self, node: cst.CSTNode) -> None:
        handler = _HANDLERS.get(type(node))
        if handler:
            handler(self, node)
        else:
            self._children(node)

    def _children(self, node: cst.CSTNode, *, skip: tuple[str, ...] = ()) -> None:
        for name in _fields(type(node)):
            if name in skip:
                continue
            value = getattr(node, name)
            if isinstance(value, cst.CSTNode):
                self._visit(value)
            elif isinstance(value, (tuple, list)):
                for item in value:
                    if isinstance(item, cst.CSTNode):
                        self._visit(item)

    def _bind(self, name: str, binding: Binding) -> None:
        scope = self._scope.outside.get(name, self._scope)
        scope.bindings.setdefault(name, []).append(binding)

    def _bind_target(
        self, node: cst.CSTNode, at: cst.CSTNode, value: cst.BaseExpression | None = None
    ) -> None:
        if isinstance(node, cst.Name):
            plain = value if isinstance(value, (cst.Name, cst.Attribute)) else None
            self._bind(node.value, Binding("", plain, at))
        elif isinstance(node, (cst.Tuple, cst.List)):
            for element in node.elements:
                self._bind_target(element.value, at)
        self._visit(node)

    def _name(self, node: cst.Name) -> None:
        self._scope.used.add(node.value)

    def _attribute(self, node: cst.Attribute) -> None:
        self._visit(node.value)

    def _call(self, node: cst.Call) -> None:
        self.calls.append(CallRecord(node, self._scope, self._place))
        self._children(node)

    def _arg(self, node: cst.Arg) -> None:
        self._visit(node.value)

    def _line(self, node: cst.SimpleStatementLine | cst.SimpleStatementSuite) -> None:
        suites = (*self._suites, node) if isinstance(node, cst.SimpleStatementSuite) else self._suites
        for statement in node.body:
            self._place = Place(statement, node, suites, self._scope)
            self.places.append(self._place)
            self._visit(statement)
        self._place = None

    def _block(self, node: cst.IndentedBlock) -> None:
        outer, self._suites = self._suites, (*self._suites, node)
        for statement in node.body:
            self._visit(statement)
        self._suites = outer

    def _import(self, node: cst.Import) -> None:
        self.imports.append((node, self._scope))
        for alias in node.names:
            parts = dotted(alias.name)
            local = _asname(alias)
            origin = ".".join(parts) if local else parts[0]
            self._bind(
                local or parts[0], Binding(origin, None, node, imported=True, typing_only=self._typing_only)
            )

    def _import_from(self, node: cst.ImportFrom) -> None:
        self.imports.append((node, self._scope))
        module = self.absolute(node)
        if isinstance(node.names, cst.ImportStar):
            self.stars.append(module)
            return
        for alias in node.names:
            name = ".".join(dotted(alias.name))
            origin = f"{module}.{name}" if module else name
            local = _asname(alias) or name
            self._bind(local, Binding(origin, None, node, imported=True, typing_only=self._typing_only))

    def _assign(self, node: cst.Assign) -> None:
        self._visit(node.value)
        for target in node.targets:
            self._bind_target(target.target, node, node.value)

    def _ann_assign(self, node: cst.AnnAssign) -> None:
        self._visit(node.annotation)
        if node.value is not None:
            self._visit(node.value)
        self._bind_target(node.target, node, node.value)

    def _aug_assign(self, node: cst.AugAssign) -> None:
        self._visit(node.value)
        self._bind_target(node.target, node)

    def _named_expr(self, node: cst.NamedExpr) -> None:
        self._visit(node.value)
        inner, self._scope = self._scope, self._scope.owner()
        self._bind_target(node.target, node, node.value)
        self._scope = inner

    def _for(self, node: cst.For) -> None:
        self._bind_target(node.target, node)
        self._children(node, skip=("target",))

    def _as_name(self, node: cst.AsName) -> None:
        self._bind_target(node.name, node)

    def _match_capture(self, node: cst.MatchAs | cst.MatchStar) -> None:
        if node.name is not None:
            self._bind(node.name.value, Binding("", None, node))
        self._children(node)

    def _match_mapping(self, node: cst.MatchMapping) -> None:
        if node.rest is not None:
            self._bind(node.rest.value, Binding("", None, node))
        self._children(node)

    def _outside(self, node: cst.Global | cst.Nonlocal) -> None:
        for item in node.names:
            name = item.name.value
            where = self.module
            if isinstance(node, cst.Nonlocal):
                enclosing = [scope for scope in self._scope.chain()[1:] if name in scope.bindings]
                where = enclosing[0] if enclosing else self._scope
            self._scope.outside[name] = where

    def _yield(self, node: cst.Yield) -> None:
        self._scope.owner().generator = True
        self._children(node)

    def _if(self, node: cst.If) -> None:
        self._visit(node.test)
        test = dotted(node.test)
        outer = self._typing_only
        self._typing_only = outer or bool(test and test[-1] == "TYPE_CHECKING")
        self._visit(node.body)
        self._typing_only = outer
        if node.orelse is not None:
            self._visit(node.orelse)

    def _definition(self, node: cst.FunctionDef | cst.ClassDef) -> None:
        name = node.name.value
        for decorator in node.decorators:
            self._visit(decorator)
        parent = self._scope
        qualname = f"{parent.owner().qualname}.{name}".lstrip(".")
        module = self.context.module
        self._bind(name, Binding(f"{module}.{qualname}" if module else qualname, None, node))
        outer = (self._scope, self._place, self._suites)
        own = Scope("class" if isinstance(node, cst.ClassDef) else "function", qualname, parent)
        self._place, self._suites = None, ()
        if isinstance(node, cst.FunctionDef):
            self.functions.append(FunctionRecord(node, qualname, parent, own))
            if node.returns is not None:
                self._visit(node.returns)
            self._parameters(node.params, own)
        else:
            for argument in (*node.bases, *node.keywords):
                self._visit(argument)
        self._scope = own
        self._visit(node.body)
        self._scope, self._place, self._suites = outer

    def _parameters(self, params: cst.Parameters, own: Scope) -> None:
        every = [*params.posonly_params, *params.params, *params.kwonly_params]
        every += [star for star in (params.star_arg, params.star_kwarg) if isinstance(star, cst.Param)]
        for param in every:
            if param.default is not None:
                self._visit(param.default)
            if param.annotation is not None:
                self._visit(param.annotation)
            own.parameters.add(param.name.value)
            own.bindings.setdefault(param.name.value, []).append(Binding("", None, param))

    def _lambda(self, node: cst.Lambda) -> None:
        own = Scope("lambda", self._scope.qualname, self._scope)
        self._parameters(node.params, own)
        outer, self._scope = self._scope, own
        self._visit(node.body)
        self._scope = outer

    def _comprehension(self, node: cst.CSTNode) -> None:
        outer, self._scope = self._scope, Scope("comprehension", self._scope.qualname, self._scope)
        self._children(node)
        self._scope = outer

    def _comp_for(self, node: cst.CompFor) -> None:
        self._bind_target(node.target, node)
        self._children(node, skip=("target",))


_HANDLERS = {
    cst.Name: Names._name,
    cst.Attribute: Names._attribute,
    cst.Call: Names._call,
    cst.Arg: Names._arg,
    cst.SimpleStatementLine: Names._line,
    cst.SimpleStatementSuite: Names._line,
    cst.IndentedBlock: Names._block,
    cst.Import: Names._import,
    cst.ImportFrom: Names._import_from,
    cst.Assign: Names._assign,
    cst.AnnAssign: Names._ann_assign,
    cst.AugAssign: Names._aug_assign,
    cst.NamedExpr: Names._named_expr,
    cst.For: Names._for,
    cst.CompFor: Names._comp_for,
    cst.AsName: Names._as_name,
    cst.MatchAs: Names._match_capture,
    cst.MatchStar: Names._match_capture,
    cst.MatchMapping: Names._match_mapping,
    cst.Global: Names._outside,
    cst.Nonlocal: Names._outside,
    cst.Yield: Names._yield,
    cst.If: Names._if,
    cst.FunctionDef: Names._definition,
    cst.ClassDef: Names._definition,
    cst.Lambda: Names._lambda,
    **dict.fromkeys(_COMPREHENSIONS, Names._comprehension),
}


def dotted(node: cst.CSTNode | None) -> list[str]:
    """Return the parts of a name or a chain of attributes; an empty list for any other expression."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return []
    return [node.value, *reversed(parts)]


def names_of(data: bytes, context: ImportContext) -> Names:
    """Return what the names of a file stand for; the last few answers are kept.

    Args:
        data: The file.
        context: How it is imported.

    Raises:
        UnreadableError: See `codemods.engines.python_source.Source`.
    """
    return _names_of(data, context)


@lru_cache(maxsize=8)
def _names_of(data: bytes, context: ImportContext) -> Names:
    return Names(read(data), context)


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """Return the fields of a node class that can hold code, which white space cannot."""
    return tuple(
        field.name for field in dataclasses.fields(kind) if not field.name.startswith(_SKIPPED_FIELDS)
    )


def _asname(alias: cst.ImportAlias) -> str:
    return alias.asname.name.value if alias.asname and isinstance(alias.asname.name, cst.Name) else ""
