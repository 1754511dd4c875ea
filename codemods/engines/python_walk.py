"""One walk over a LibCST tree that notes scopes, bindings, calls, functions and imports.

It visits only fields that can hold code and copies nothing, which is what makes it faster than `CSTVisitor`.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import libcst as cst

from codemods.engines.python_import_names import absolute_module, bound_name
from codemods.engines.python_scopes import Binding, CallRecord, FunctionRecord, Place, Scope, dotted

if TYPE_CHECKING:
    from collections.abc import Callable

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


class Walk:
    """What one module holds.

    Args:
        tree: The module.
        module: Its dotted name.
        is_package: Whether it is an ``__init__.py``.
    """

    def __init__(self, tree: cst.Module, module: str, *, is_package: bool) -> None:
        self.name, self.is_package = module, is_package
        self.module = Scope("module", "", None)
        self.scopes: list[Scope] = [self.module]
        self.calls: list[CallRecord] = []
        self.places: list[Place] = []
        self.functions: list[FunctionRecord] = []
        self.imports: list[tuple[cst.Import | cst.ImportFrom, Scope]] = []
        self.stars: list[str] = []
        self._scope = self.module
        self._place: Place | None = None
        self._suites: tuple[cst.CSTNode, ...] = ()
        self._typing_only = False
        for statement in tree.body:
            self._visit(statement)

    def absolute(self, node: cst.ImportFrom) -> str:
        """Return the absolute dotted module of a ``from`` import; empty when it leads out of the top package."""
        return absolute_module(node, self.name, is_package=self.is_package)

    def _open(self, kind: str, qualname: str) -> Scope:
        scope = Scope(kind, qualname, self._scope)
        self.scopes.append(scope)
        return scope

    def _visit(self, node: cst.CSTNode) -> None:
        handler = self._HANDLERS.get(type(node))
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

    def _import(self, node: cst.Import | cst.ImportFrom) -> None:
        self.imports.append((node, self._scope))
        module = self.absolute(node) if isinstance(node, cst.ImportFrom) else ""
        if isinstance(node.names, cst.ImportStar):
            self.stars.append(module)
            return
        for alias in node.names:
            name, origin = bound_name(alias, module, is_from=isinstance(node, cst.ImportFrom))
            self._bind(name, Binding(origin, None, node, imported=True, typing_only=self._typing_only))

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
        module = self.name
        self._bind(name, Binding(f"{module}.{qualname}" if module else qualname, None, node))
        outer = (self._scope, self._place, self._suites)
        own = self._open("class" if isinstance(node, cst.ClassDef) else "function", qualname)
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
        own = self._open("lambda", self._scope.qualname)
        self._parameters(node.params, own)
        outer, self._scope = self._scope, own
        self._visit(node.body)
        self._scope = outer

    def _comprehension(self, node: cst.CSTNode) -> None:
        outer, self._scope = self._scope, self._open("comprehension", self._scope.qualname)
        self._children(node)
        self._scope = outer

    def _comp_for(self, node: cst.CompFor) -> None:
        self._bind_target(node.target, node)
        self._children(node, skip=("target",))

    _HANDLERS: ClassVar[dict[type[cst.CSTNode], Callable[..., None]]] = {
        cst.Name: _name,
        cst.Attribute: _attribute,
        cst.Call: _call,
        cst.Arg: _arg,
        cst.SimpleStatementLine: _line,
        cst.SimpleStatementSuite: _line,
        cst.IndentedBlock: _block,
        cst.Import: _import,
        cst.ImportFrom: _import,
        cst.Assign: _assign,
        cst.AnnAssign: _ann_assign,
        cst.AugAssign: _aug_assign,
        cst.NamedExpr: _named_expr,
        cst.For: _for,
        cst.CompFor: _comp_for,
        cst.AsName: _as_name,
        cst.MatchAs: _match_capture,
        cst.MatchStar: _match_capture,
        cst.MatchMapping: _match_mapping,
        cst.Global: _outside,
        cst.Nonlocal: _outside,
        cst.Yield: _yield,
        cst.If: _if,
        cst.FunctionDef: _definition,
        cst.ClassDef: _definition,
        cst.Lambda: _lambda,
        **dict.fromkeys(_COMPREHENSIONS, _comprehension),
    }


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """Return the fields of a node class that can hold code, which white space cannot."""
    return tuple(
        field.name for field in dataclasses.fields(kind) if not field.name.startswith(_SKIPPED_FIELDS)
    )
