"""Read one Python file into plain values, with a parser that also takes broken, older and newer code.

The grammar is tree-sitter's (through ast-grep), never the running interpreter's: sources newer than the Python
that runs this tool are read as well. https://ast-grep.github.io/guide/api-usage/py-api.html
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from codemods.analysis.syntax import (
    Assignment,
    Attribute,
    Call,
    Choice,
    Class,
    Constant,
    Expression,
    Function,
    Import,
    Items,
    Loop,
    Mapping,
    Name,
    Other,
    Source,
    Splat,
    Subscript,
    Template,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ast_grep_py import SgNode

# https://peps.python.org/pep-0263/
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#|\r?$)")
_ESCAPE = re.compile(r"\\(\r?\n|[\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})")
_ESCAPES = {
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


class UnreadableSourceError(Exception):
    """The bytes are no text that a Python could read; the message says why."""


def decode(data: bytes) -> str:
    """Decode a source file the way Python does: byte order mark, coding cookie, UTF-8.

    Raises:
        UnreadableSourceError: The bytes do not fit the encoding.
    """
    if b"\x00" in data:
        raise UnreadableSourceError("contains null bytes")
    marked = data.startswith(codecs.BOM_UTF8)
    lines = data.split(b"\n", 2)
    cookie = _COOKIE.match(lines[0].removeprefix(codecs.BOM_UTF8))
    if not cookie and len(lines) > 1 and _BLANK.match(lines[0].removeprefix(codecs.BOM_UTF8)):
        cookie = _COOKIE.match(lines[1])
    name = cookie[1].decode("ascii", "replace") if cookie else "utf-8"
    if marked:
        name = "utf-8-sig"
    try:
        return data.decode(name)
    except LookupError:
        raise UnreadableSourceError(f"unknown encoding {name!r} in its coding cookie") from None
    except (UnicodeDecodeError, ValueError):
        detail = (
            f"is not {name}, as its coding cookie says" if cookie else "is not UTF-8 and has no coding cookie"
        )
        raise UnreadableSourceError(detail) from None


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
    reader = _Reader(Source(path))
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


class _Reader:
    """One pass over a tree, keeping the scope, the loops around and the decorators before."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.scope = ""
        self.loops: tuple[Loop, ...] = ()
        self.main_guard = False
        self.decorates = ""
        self.function: Function | None = None
        self.python2 = 0
        self.statements: dict[str, Callable[[SgNode], None]] = {
            "import_statement": self._import,
            "import_from_statement": self._import_from,
            "assignment": self._assignment,
            "augmented_assignment": self._augmented,
            "return_statement": self._return,
            "for_statement": self._for,
            "while_statement": self._while,
            "with_item": self._with_item,
            "if_statement": self._if,
            "function_definition": self._function,
            "class_definition": self._class,
            "decorated_definition": self._decorated,
            "print_statement": self._python2,
            "exec_statement": self._python2,
        }
        self.expressions: dict[str, Callable[[SgNode], Expression]] = {
            "identifier": lambda node: Name(node.text()),
            "attribute": self._attribute,
            "call": self._call,
            "string": self._string,
            "concatenated_string": self._concatenated,
            "integer": self._number,
            "float": self._number,
            "true": lambda _: Constant(value=True),
            "false": lambda _: Constant(value=False),
            "none": lambda _: Constant(value=None),
            "list": self._items,
            "tuple": self._items,
            "set": self._items,
            "expression_list": self._items,
            "dictionary": self._dictionary,
            "list_splat": lambda node: Splat(self._first(node)),
            "parenthesized_expression": self._first,
            "await": self._first,
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
        """Read a statement, or everything below it."""
        kind = node.kind()
        if statement := self.statements.get(kind):
            statement(node)
        elif kind in self.expressions:
            self.expression(node)
        else:
            self._children(node)

    def expression(self, node: SgNode | None) -> Expression:
        """Read an expression; what it calls is recorded on the way."""
        if node is None:
            return Other("missing")
        kind = node.kind()
        if reader := self.expressions.get(kind):
            return reader(node)
        self._children(node)
        return Other(kind)

    def _children(self, node: SgNode) -> None:
        for child in node.named_children():
            self.visit(child)

    def _first(self, node: SgNode) -> Expression:
        inner = [child for child in node.named_children() if child.kind() != "comment"]
        return self.expression(inner[0]) if inner else Other(node.kind())

    # Statements

    def _import(self, node: SgNode) -> None:
        line = _line(node)
        for child in node.named_children():
            if child.kind() == "aliased_import":
                alias, name = child.field("alias"), child.field("name")
                if alias and name:
                    self._bind(alias.text(), _dotted(name), line)
            elif child.kind() == "dotted_name":
                dotted = _dotted(child)
                self.source.modules.append((dotted, line))
                self._bind(dotted.partition(".")[0], dotted.partition(".")[0], line)

    def _import_from(self, node: SgNode) -> None:
        line = _line(node)
        children = node.named_children()
        if not children:
            return
        module = _dotted(children[0])
        separator = "" if module.endswith(".") else "."
        for child in children[1:]:
            kind = child.kind()
            if kind == "wildcard_import":
                self.source.stars.append(module)
            elif kind == "aliased_import":
                alias, name = child.field("alias"), child.field("name")
                if alias and name:
                    self._bind(alias.text(), f"{module}{separator}{_dotted(name)}", line)
            elif kind == "dotted_name":
                self._bind(_dotted(child), f"{module}{separator}{_dotted(child)}", line)

    def _bind(self, name: str, target: str, line: int) -> None:
        self.source.imports.append(Import(name, target, line, self.scope))

    def _assignment(self, node: SgNode) -> None:
        self._assign_chain(node)

    def _assign_chain(self, node: SgNode) -> Expression:
        left, right, annotation = node.field("left"), node.field("right"), node.field("type")
        if right is None:
            value: Expression = Other("declaration")
        elif right.kind() == "assignment":
            value = self._assign_chain(right)
        else:
            value = self.expression(right)
        if left is not None:
            self._assign(left, value, annotation.text() if annotation else "", declared=right is None)
        return value

    def _assign(
        self, left: SgNode, value: Expression, annotation: str = "", *, declared: bool = False
    ) -> None:
        kind = left.kind()
        if kind in {"pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list"}:
            targets = left.named_children()
            values = value.items if isinstance(value, Items) else ()
            for position, target in enumerate(targets):
                matched = values[position] if len(values) == len(targets) else Other("unpacked")
                self._assign(target, matched)
        elif kind in {"identifier", "attribute"}:
            name = "".join(left.text().split())
            item = Assignment(name, value, _line(left), self.scope, self.loops, annotation)
            if isinstance(value, Call) and not value.target:
                value.target = name
            if not declared or annotation:
                self.source.assignments.setdefault((self.scope, name), []).append(item)
        else:
            self.expression(left)

    def _augmented(self, node: SgNode) -> None:
        left, value = node.field("left"), self.expression(node.field("right"))
        if left is not None and left.kind() == "identifier":
            before = self.source.assigned(self.scope, left.text())
            if before and isinstance(value, Items):
                first = before[-1].value
                items = first.items if isinstance(first, Items) else (Splat(first),)
                before[-1] = Assignment(left.text(), Items((*items, *value.items)), _line(node), self.scope)

    def _return(self, node: SgNode) -> None:
        children = node.named_children()
        value = self.expression(children[0]) if children else Constant(value=None)
        if self.function is not None:
            self.function.returns.append(value)

    def _for(self, node: SgNode) -> None:
        left, over = node.field("left"), self.expression(node.field("right"))
        targets = (
            ()
            if left is None
            else tuple("".join(part.split()) for part in left.text().strip("()").split(","))
        )
        outer = self.loops
        self._enter(Loop(targets, over))
        for name in ("body", "alternative"):
            if part := node.field(name):
                self._children(part)
        self.loops = outer

    def _while(self, node: SgNode) -> None:
        outer = self.loops
        self._enter(Loop((), Other("while")))
        self._children(node)
        self.loops = outer

    def _enter(self, loop: Loop) -> None:
        self.loops = (*self.loops, loop)
        if self.function is not None:
            self.function.loop_depth = max(self.function.loop_depth, len(self.loops))

    def _with_item(self, node: SgNode) -> None:
        self._children(node)

    def _as_pattern(self, node: SgNode) -> Expression:
        children = node.named_children()
        value = self.expression(children[0]) if children else Other("as_pattern")
        alias = node.field("alias")
        target = alias.named_children() if alias else []
        if target and target[0].kind() in {"identifier", "attribute"}:
            self._assign(target[0], value)
        return value

    def _if(self, node: SgNode) -> None:
        condition = node.field("condition")
        guard = (
            condition is not None
            and re.match(r"__name__\s*==\s*['\"]__main__['\"]", condition.text()) is not None
        )
        if guard:
            self.source.main_guard = True
        outer, self.main_guard = self.main_guard, self.main_guard or guard
        self._children(node)
        self.main_guard = outer

    def _python2(self, node: SgNode) -> None:
        self.python2 = self.python2 or _line(node)
        self._children(node)

    # Definitions

    def _decorated(self, node: SgNode) -> None:
        definition = node.field("definition")
        name = definition.field("name") if definition else None
        qualname = self._qualified(name.text()) if name else ""
        decorators: list[Expression] = []
        for child in node.named_children():
            if child.kind() == "decorator":
                outer, self.decorates = self.decorates, qualname
                decorators.append(self._first(child))
                self.decorates = outer
        if definition is None:
            return
        self.visit(definition)
        for table in (self.source.functions, self.source.classes):
            if (made := table.get(qualname)) is not None:
                made.decorators = decorators

    def _function(self, node: SgNode) -> None:
        name = node.field("name")
        qualname = self._qualified(name.text() if name else "")
        function = Function(
            qualname, _line(node), is_async=node.child(0) is not None and node.children()[0].kind() == "async"
        )
        function.in_class = self.scope in self.source.classes
        if parameters := node.field("parameters"):
            self._parameters(function, parameters)
        self.source.functions[qualname] = function
        outer = (self.scope, self.function, self.loops, self.decorates, self.main_guard)
        self.scope, self.function, self.loops, self.decorates, self.main_guard = (
            qualname,
            function,
            (),
            "",
            False,
        )
        if body := node.field("body"):
            self._children(body)
        self.scope, self.function, self.loops, self.decorates, self.main_guard = outer

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
                self._children(annotation)

    def _class(self, node: SgNode) -> None:
        name = node.field("name")
        made = Class(self._qualified(name.text() if name else ""), _line(node))
        if bases := node.field("superclasses"):
            arguments, made.keywords = self._arguments(bases)
            made.bases = list(arguments)
        self.source.classes[made.qualname] = made
        outer = (self.scope, self.function, self.loops)
        self.scope, self.function, self.loops = made.qualname, None, ()
        if body := node.field("body"):
            self._children(body)
        self.scope, self.function, self.loops = outer

    def _qualified(self, name: str) -> str:
        return f"{self.scope}.{name}" if self.scope else name

    # Expressions

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
            arguments, keywords = self._arguments(given)
        elif given is not None:
            self._children(given)
        self.decorates = decorates
        if isinstance(function, Call) and arguments and isinstance(arguments[0], Name):
            # `app.get("/")(handler)` decorates as well.
            function.decorates = function.decorates or arguments[0].path
        call = Call(
            function,
            arguments,
            keywords,
            _line(node),
            self.scope,
            self.loops,
            self.decorates,
            main_guard=self.main_guard,
        )
        self.source.calls.append(call)
        return call

    def _arguments(self, node: SgNode) -> tuple[tuple[Expression, ...], dict[str, Expression]]:
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
                keywords["**"] = self._first(child)
            elif kind != "comment":
                positional.append(self.expression(child))
        return tuple(positional), keywords

    def _string(self, node: SgNode) -> Expression:
        parts: list[Expression] = []
        prefix = ""
        for child in node.named_children():
            kind = child.kind()
            if kind == "string_start":
                prefix = child.text().rstrip("'\"").lower()
            elif kind == "interpolation":
                parts.append(self._first(child))
            elif kind == "string_content":
                text = child.text()
                if "f" in prefix:
                    text = text.replace("{{", "{").replace("}}", "}")
                parts.append(Text(text if "r" in prefix else _ESCAPE.sub(_unescape, text)))
        if "b" in prefix:
            return Other("bytes")
        if all(isinstance(part, Text) for part in parts):
            return Text("".join(part.value for part in parts if isinstance(part, Text)))
        return Template(tuple(parts))

    def _concatenated(self, node: SgNode) -> Expression:
        return _joined(
            [self.expression(child) for child in node.named_children() if child.kind() == "string"]
        )

    def _number(self, node: SgNode) -> Expression:
        try:
            return Constant(int(node.text().replace("_", ""), 0))
        except ValueError:
            return Other(node.kind())

    def _items(self, node: SgNode) -> Expression:
        return Items(
            tuple(self.expression(child) for child in node.named_children() if child.kind() != "comment")
        )

    def _dictionary(self, node: SgNode) -> Expression:
        pairs = []
        for child in node.named_children():
            if child.kind() == "pair":
                pairs.append((self.expression(child.field("key")), self.expression(child.field("value"))))
            else:
                self.visit(child)
        return Mapping(tuple(pairs))

    def _conditional(self, node: SgNode) -> Expression:
        parts = [self.expression(child) for child in node.named_children() if child.kind() != "comment"]
        return Choice((parts[0], parts[-1])) if len(parts) > 1 else Other("conditional_expression")

    def _boolean(self, node: SgNode) -> Expression:
        left, right = self.expression(node.field("left")), self.expression(node.field("right"))
        return Choice((left, right))

    def _binary(self, node: SgNode) -> Expression:
        left, right = self.expression(node.field("left")), self.expression(node.field("right"))
        operator = node.field("operator")
        if operator is None or operator.text() != "+":
            return Other("binary_operator")
        if isinstance(left, Items) or isinstance(right, Items):
            return Items(tuple(item for side in (left, right) for item in _spread(side)))
        return _joined([left, right])

    def _comprehension(self, node: SgNode) -> Expression:
        outer, depth = self.loops, self.function.loop_depth if self.function else 0
        parts = node.named_children()
        for part in parts[1:]:
            if part.kind() == "for_in_clause":
                left, over = part.field("left"), self.expression(part.field("right"))
                names = (
                    ()
                    if left is None
                    else tuple("".join(n.split()) for n in left.text().strip("()").split(","))
                )
                self._enter(Loop(names, over))
            else:
                self._children(part)
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
            self._assign(name, value)
        return value

    def _subscript(self, node: SgNode) -> Expression:
        return Subscript(self.expression(node.field("value")), self.expression(node.field("subscript")))

    def _yield(self, node: SgNode) -> Expression:
        if self.function is not None:
            self.function.is_generator = True
        self._children(node)
        return Other("yield")


def _joined(parts: list[Expression]) -> Expression:
    if all(isinstance(part, Text) for part in parts):
        return Text("".join(part.value for part in parts if isinstance(part, Text)))
    return Template(tuple(parts))


def _spread(value: Expression) -> tuple[Expression, ...]:
    return value.items if isinstance(value, Items) else (Splat(value),)


def _broken(root: SgNode) -> int:
    """Return the line of the first thing the parser could not make sense of, or had to invent; 0 for none."""
    if wrong := root.find(kind="ERROR"):
        return _line(wrong)
    invented = [node for node in root.find_all(regex="^$") if node.kind() != "module"]
    return _line(invented[0]) if invented else 0


def _line(node: SgNode) -> int:
    return int(node.range().start.line) + 1


def _dotted(node: SgNode) -> str:
    return "".join(node.text().split())


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if code in _ESCAPES:
        return _ESCAPES[code]
    if code[0] in "xu":
        return chr(int(code[1:], 16))
    return chr(int(code, 8)) if code[0].isdigit() else ""
