"""Read the expressions of one Python file into plain values, and note the calls and names they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis import literals
from codemods.analysis.syntax import (
    Assignment,
    Attribute,
    Call,
    Choice,
    Constant,
    Expression,
    Function,
    Growth,
    Items,
    Loop,
    Mapping,
    Name,
    Other,
    Source,
    Splat,
    Subscript,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ast_grep_py import SgNode

_UNPACKED = frozenset({"pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list"})


class ExpressionReader:
    """One pass over a tree, keeping the scope, the loops around and the definition that is decorated.

    ``statements`` is for a reader of statements to fill; without it, what stands below a statement is read.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.scope = ""
        self.loops: tuple[Loop, ...] = ()
        self.conditions: tuple[str, ...] = ()
        self.main_guard = False
        self.decorates = ""
        self.function: Function | None = None
        self.statements: dict[str, Callable[[SgNode], object]] = {}
        self.expressions: dict[str, Callable[[SgNode], Expression]] = {
            "identifier": lambda node: Name(node.text()),
            "attribute": self._attribute,
            "call": self._call,
            "string": lambda node: literals.string(node, self.first),
            "concatenated_string": self._concatenated,
            "integer": literals.number,
            "float": literals.number,
            "true": lambda _: Constant(value=True),
            "false": lambda _: Constant(value=False),
            "none": lambda _: Constant(value=None),
            "list": self._items,
            "tuple": self._items,
            "set": self._items,
            "expression_list": self._items,
            "dictionary": self._dictionary,
            "list_splat": lambda node: Splat(self.first(node)),
            "parenthesized_expression": self.first,
            "await": self.first,
            "conditional_expression": self._conditional,
            "boolean_operator": self._boolean,
            "binary_operator": self._binary,
            "named_expression": self._walrus,
            "subscript": self._subscript,
            "as_pattern": self._as_pattern,
            "yield": self._yield,
            "list_comprehension": self._comprehension,
            "set_comprehension": self._comprehension,
            "dictionary_comprehension": self._comprehension,
            "generator_expression": self._comprehension,
        }

    def visit(self, node: SgNode) -> None:
        """Read a statement, an expression, or everything below it."""
        kind = node.kind()
        if reader := self.statements.get(kind) or self.expressions.get(kind):
            reader(node)
        else:
            self.children(node)

    def expression(self, node: SgNode | None) -> Expression:
        """Read an expression; what it calls is recorded on the way."""
        if node is None:
            return Other("missing")
        kind = node.kind()
        if reader := self.expressions.get(kind):
            return reader(node)
        self.children(node)
        return Other(kind)

    def children(self, node: SgNode) -> None:
        """Read everything below a node."""
        for child in node.named_children():
            self.visit(child)

    def first(self, node: SgNode) -> Expression:
        """Read the one expression that a node wraps."""
        inner = _without_comments(node)
        return self.expression(inner[0]) if inner else Other(node.kind())

    def assign(
        self, left: SgNode, value: Expression, annotation: str = "", *, declared: bool = False
    ) -> None:
        """Note what a target is bound to; ``declared`` where it is only annotated."""
        kind = left.kind()
        if kind in _UNPACKED:
            targets = left.named_children()
            values = value.items if isinstance(value, Items) else ()
            for position, target in enumerate(targets):
                matched = values[position] if len(values) == len(targets) else Other("unpacked")
                self.assign(target, matched)
        elif kind in {"identifier", "attribute"}:
            name = dotted(left)
            item = Assignment(name, value, line_of(left), self.scope, self.loops, annotation)
            if isinstance(value, Call) and not value.target:
                value.target = name
            if not declared:
                self.grow(name, value, item.line)
            if not declared or annotation:
                self.source.assignments.setdefault((self.scope, name), []).append(item)
        else:
            self.expression(left)

    def grow(self, name: str, value: Expression, line: int, *, adds: bool = False) -> None:
        """Note one step by which a name outside functions gets its value."""
        if self.function is None and "." not in name:
            step = Growth(value, adds, line, self.conditions)
            self.source.growth.setdefault((self.scope, name), []).append(step)

    def enter(self, left: SgNode | None, over: Expression) -> None:
        """Go into a loop that binds the names of ``left``."""
        names = left.text().strip("()").split(",") if left else []
        self.loops = (*self.loops, Loop(tuple("".join(name.split()) for name in names), over))
        if self.function is not None:
            self.function.loop_depth = max(self.function.loop_depth, len(self.loops))

    def arguments(self, node: SgNode) -> tuple[tuple[Expression, ...], dict[str, Expression]]:
        """Read an argument list: what is given by position, and by keyword."""
        positional: list[Expression] = []
        keywords: dict[str, Expression] = {}
        for child in node.named_children():
            kind = child.kind()
            if kind == "keyword_argument":
                name = child.field("name")
                value = self.expression(child.field("value"))
                if name is not None:
                    keywords[name.text()] = value
            elif kind == "dictionary_splat":
                keywords["**"] = self.first(child)
            elif kind != "comment":
                positional.append(self.expression(child))
        return tuple(positional), keywords

    def _attribute(self, node: SgNode) -> Expression:
        value, name = node.field("object"), node.field("attribute")
        inner = self.expression(value)
        attribute = name.text() if name else ""
        return Name(f"{inner.path}.{attribute}") if isinstance(inner, Name) else Attribute(inner, attribute)

    def _call(self, node: SgNode) -> Expression:
        function = self.expression(node.field("function"))
        arguments: tuple[Expression, ...] = ()
        keywords: dict[str, Expression] = {}
        given = node.field("arguments")
        decorates, self.decorates = self.decorates, ""
        if given is not None and given.kind() == "argument_list":
            arguments, keywords = self.arguments(given)
        elif given is not None:
            self.children(given)
        self.decorates = decorates
        if isinstance(function, Call) and arguments and isinstance(arguments[0], Name):
            # `app.get("/")(handler)` decorates as well.
            function.decorates = function.decorates or arguments[0].path
        call = Call(
            function,
            arguments,
            keywords,
            line_of(node),
            self.scope,
            self.loops,
            self.decorates,
            main_guard=self.main_guard,
        )
        self.source.calls.append(call)
        return call

    def _concatenated(self, node: SgNode) -> Expression:
        return literals.joined(
            [self.expression(child) for child in node.named_children() if child.kind() == "string"]
        )

    def _items(self, node: SgNode) -> Expression:
        return Items(tuple(self.expression(child) for child in _without_comments(node)))

    def _dictionary(self, node: SgNode) -> Expression:
        pairs = []
        for child in node.named_children():
            if child.kind() == "pair":
                pairs.append((self.expression(child.field("key")), self.expression(child.field("value"))))
            else:
                self.visit(child)
        return Mapping(tuple(pairs))

    def _conditional(self, node: SgNode) -> Expression:
        parts = [self.expression(child) for child in _without_comments(node)]
        return Choice((parts[0], parts[-1])) if len(parts) > 1 else Other("conditional_expression")

    def _boolean(self, node: SgNode) -> Expression:
        return Choice((self.expression(node.field("left")), self.expression(node.field("right"))))

    def _binary(self, node: SgNode) -> Expression:
        left, right = self.expression(node.field("left")), self.expression(node.field("right"))
        operator = node.field("operator")
        if operator is not None and operator.text() == "%":
            return literals.filled(left, right)
        if operator is None or operator.text() != "+":
            return Other("binary_operator")
        return literals.added(left, right)

    def _comprehension(self, node: SgNode) -> Expression:
        outer, depth = self.loops, self.function.loop_depth if self.function else 0
        parts = node.named_children()
        for part in parts[1:]:
            if part.kind() == "for_in_clause":
                self.enter(part.field("left"), self.expression(part.field("right")))
            else:
                self.children(part)
        if parts:
            self.visit(parts[0])
        self.loops = outer
        if self.function is not None:
            # Comprehensions are idiomatic and short: they do not count as nested loops of the function.
            self.function.loop_depth = depth
        return Other(node.kind())

    def _walrus(self, node: SgNode) -> Expression:
        name, value = node.field("name"), self.expression(node.field("value"))
        if name is not None:
            self.assign(name, value)
        return value

    def _as_pattern(self, node: SgNode) -> Expression:
        children = node.named_children()
        value = self.expression(children[0]) if children else Other("as_pattern")
        alias = node.field("alias")
        target = alias.named_children() if alias else []
        if target and target[0].kind() in {"identifier", "attribute"}:
            self.assign(target[0], value)
        return value

    def _subscript(self, node: SgNode) -> Expression:
        return Subscript(self.expression(node.field("value")), self.expression(node.field("subscript")))

    def _yield(self, node: SgNode) -> Expression:
        if self.function is not None:
            self.function.is_generator = True
        self.children(node)
        return Other("yield")


def line_of(node: SgNode) -> int:
    """Return the 1-based line on which a node starts."""
    return int(node.range().start.line) + 1


def dotted(node: SgNode) -> str:
    """Return a dotted name as one word, however it is broken over lines."""
    return "".join(node.text().split())


def _without_comments(node: SgNode) -> list[SgNode]:
    return [child for child in node.named_children() if child.kind() != "comment"]
