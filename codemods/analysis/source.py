"""Read one Python file into plain values, with a parser that also takes broken, older and newer code.

The grammar is tree-sitter's (through ast-grep), never the running interpreter's: sources newer than the Python
that runs this tool are read as well. https://ast-grep.github.io/guide/api-usage/py-api.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.analysis.encoding import UnreadableSourceError, decode
from codemods.analysis.expressions import ExpressionReader, dotted, line_of
from codemods.analysis.literals import extended
from codemods.analysis.syntax import (
    Assignment,
    Class,
    Constant,
    Expression,
    Function,
    Import,
    Items,
    Other,
    Source,
)

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_MAIN_GUARD = re.compile(r"__name__\s*==\s*['\"]__main__['\"]")


def read_source(path: str, data: bytes) -> Source:
    """Read one file.

    Args:
        path: Relative path, kept in the result.
        data: Its bytes.

    Returns:
        The facts. ``error`` is set, and the rest is what could still be read, for a file with a syntax error.

    Raises:
        UnreadableSourceError: Its bytes are no text, or nest deeper than any hand-written file.
    """
    from ast_grep_py import SgRoot  # heavy, and not needed where nothing is parsed

    text = decode(data)
    root = SgRoot(text, "python").root()
    reader = _StatementReader(Source(path))
    try:
        reader.visit(root)
    except RecursionError:
        raise UnreadableSourceError("nests too deeply to be read") from None
    source = reader.source
    if reader.python2:
        source.error = f"Python 2 source (line {reader.python2})"
    elif line := _broken(root):
        source.error = f"syntax error (line {line})"
    source.bound = {(item.scope, item.name): item for item in source.imports}
    return source


class _StatementReader(ExpressionReader):
    """Imports, assignments, loops and definitions."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.python2 = 0
        self.statements = {
            "import_statement": self._import,
            "import_from_statement": self._import_from,
            "assignment": self._assignment,
            "augmented_assignment": self._augmented,
            "return_statement": self._return,
            "for_statement": self._for,
            "while_statement": self._while,
            "if_statement": self._if,
            "function_definition": self._function,
            "class_definition": self._class,
            "decorated_definition": self._decorated,
            "print_statement": self._python2,
            "exec_statement": self._python2,
        }

    def _import(self, node: SgNode) -> None:
        line = line_of(node)
        for child in node.named_children():
            if child.kind() == "aliased_import":
                alias, name = child.field("alias"), child.field("name")
                if alias and name:
                    self._bind(alias.text(), dotted(name), line)
            elif child.kind() == "dotted_name":
                module = dotted(child)
                top = module.partition(".")[0]
                self.source.modules.append((module, line))
                self._bind(top, top, line)

    def _import_from(self, node: SgNode) -> None:
        line = line_of(node)
        children = node.named_children()
        if not children:
            return
        module = dotted(children[0])
        separator = "" if module.endswith(".") else "."
        for child in children[1:]:
            kind = child.kind()
            if kind == "wildcard_import":
                self.source.stars.append(module)
            elif kind == "aliased_import":
                alias, name = child.field("alias"), child.field("name")
                if alias and name:
                    self._bind(alias.text(), f"{module}{separator}{dotted(name)}", line)
            elif kind == "dotted_name":
                self._bind(dotted(child), f"{module}{separator}{dotted(child)}", line)

    def _bind(self, name: str, target: str, line: int) -> None:
        self.source.imports.append(Import(name, target, line, self.scope))

    def _assignment(self, node: SgNode) -> Expression:
        left, right, annotation = node.field("left"), node.field("right"), node.field("type")
        if right is None:
            value: Expression = Other("declaration")
        elif right.kind() == "assignment":
            value = self._assignment(right)
        else:
            value = self.expression(right)
        if left is not None:
            self.assign(left, value, annotation.text() if annotation else "", declared=right is None)
        return value

    def _augmented(self, node: SgNode) -> None:
        left, value = node.field("left"), self.expression(node.field("right"))
        if left is not None and left.kind() == "identifier":
            self.grow(left.text(), value, line_of(node), adds=True)
            before = self.source.assigned(self.scope, left.text())
            if before and isinstance(value, Items):
                longer = Items(extended(before[-1].value, value))
                before[-1] = Assignment(left.text(), longer, line_of(node), self.scope)

    def _return(self, node: SgNode) -> None:
        children = node.named_children()
        value = self.expression(children[0]) if children else Constant(value=None)
        if self.function is not None:
            self.function.returns.append(value)

    def _for(self, node: SgNode) -> None:
        outer, over = self.loops, self.expression(node.field("right"))
        self.enter(node.field("left"), over)
        for name in ("body", "alternative"):
            if part := node.field(name):
                self.children(part)
        self.loops = outer

    def _while(self, node: SgNode) -> None:
        outer = self.loops
        self.enter(None, Other("while"))
        self.children(node)
        self.loops = outer

    def _if(self, node: SgNode) -> None:
        condition = node.field("condition")
        guard = condition is not None and _MAIN_GUARD.match(condition.text()) is not None
        if guard:
            self.source.main_guard = True
        outer = (self.main_guard, self.conditions)
        self.main_guard = self.main_guard or guard
        text = "".join(condition.text().split()) if condition is not None else ""
        for child in node.named_children():
            other = child.kind() in {"elif_clause", "else_clause"}
            if child != condition:
                self.conditions = (*outer[1], f"not {text}" if other else text)
            self.visit(child)
            self.conditions = outer[1]
        self.main_guard = outer[0]

    def _python2(self, node: SgNode) -> None:
        self.python2 = self.python2 or line_of(node)
        self.children(node)

    def _decorated(self, node: SgNode) -> None:
        definition = node.field("definition")
        name = definition.field("name") if definition else None
        qualname = self._qualified(name.text()) if name else ""
        decorators: list[Expression] = []
        for child in node.named_children():
            if child.kind() == "decorator":
                outer, self.decorates = self.decorates, qualname
                decorators.append(self.first(child))
                self.decorates = outer
        if definition is None:
            return
        self.visit(definition)
        for table in (self.source.functions, self.source.classes):
            if (made := table.get(qualname)) is not None:
                made.decorators = decorators

    def _function(self, node: SgNode) -> None:
        name, first = node.field("name"), node.child(0)
        qualname = self._qualified(name.text() if name else "")
        is_async = first is not None and first.kind() == "async"
        function = Function(qualname, line_of(node), is_async)
        function.in_class = self.scope in self.source.classes
        if parameters := node.field("parameters"):
            self._parameters(function, parameters)
        self.source.functions[qualname] = function
        outer = (self.decorates, self.main_guard)
        self.decorates, self.main_guard = "", False
        self._body(node, qualname, function)
        self.decorates, self.main_guard = outer

    def _body(self, node: SgNode, scope: str, function: Function | None) -> None:
        outer = (self.scope, self.function, self.loops, self.conditions)
        self.scope, self.function, self.loops, self.conditions = scope, function, (), ()
        if body := node.field("body"):
            self.children(body)
        self.scope, self.function, self.loops, self.conditions = outer

    def _parameters(self, function: Function, node: SgNode) -> None:
        for child in node.named_children():
            kind = child.kind()
            if kind == "identifier":
                function.parameters[child.text()] = None
                continue
            name = child.field("name") or next((part for part in child.named_children()), None)
            if name is None or name.kind() != "identifier":
                continue
            default = child.field("value")
            value = Other("splat") if "splat" in kind else None
            function.parameters[name.text()] = self.expression(default) if default else value
            if annotation := child.field("type"):
                function.annotations[name.text()] = annotation.text()
                self.children(annotation)

    def _class(self, node: SgNode) -> None:
        name = node.field("name")
        made = Class(self._qualified(name.text() if name else ""), line_of(node))
        if bases := node.field("superclasses"):
            arguments, made.keywords = self.arguments(bases)
            made.bases = list(arguments)
        self.source.classes[made.qualname] = made
        self._body(node, made.qualname, None)

    def _qualified(self, name: str) -> str:
        return f"{self.scope}.{name}" if self.scope else name


def _broken(root: SgNode) -> int:
    """Return the line of the first thing the parser could not make sense of, or had to invent; 0 for none."""
    if wrong := root.find(kind="ERROR"):
        return line_of(wrong)
    invented = [node for node in root.find_all(regex="^$") if node.kind() != "module"]
    return line_of(invented[0]) if invented else 0
