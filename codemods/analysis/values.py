"""What an expression can stand for, by reading: constants, settings, factories and their parameters.

Nothing is run. A name leads to what is assigned to it, a call of a function of the project to what the function
returns, an attribute to what its class or its methods set.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.analysis.project import Project, Symbol
from codemods.analysis.syntax import (
    Attribute,
    Call,
    Choice,
    Class,
    Constant,
    Expression,
    Function,
    Items,
    Mapping,
    Name,
    Source,
    Splat,
    Subscript,
    Template,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_DEPTH = 30
_MAX_LOOP = 200
# Definitions that lead to one another end here; real code stays far below.
_MAX_NESTING = 60
_MAX_STEPS = 2_000
# A helper that is handed the application or a router has few callers; one with many is handed sessions and requests.
_MAX_CALLERS = 25


@dataclass(frozen=True, slots=True)
class Value:
    """An expression that leads no further, where it stands, and the name it resolves to when it is outside."""

    source: Source
    scope: str
    expression: Expression
    symbol: Symbol | None = None
    bindings: Bindings = field(default_factory=dict)


Bindings = dict[str, Value]


class Evaluator:
    """Answers what expressions of one project can stand for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._callers: dict[tuple[str, str], list[tuple[Source, Call]]] | None = None
        self._callers_count = -1
        self._nesting = 0
        self._steps = 0
        self._cuts = 0
        self._memory: dict[tuple[str, str, str], list[Value]] = {}
        self._memory_size = 0
        self._asking: set[tuple[str, str, str]] = set()

    def values(
        self,
        source: Source,
        scope: str,
        expression: Expression,
        bindings: Bindings | None = None,
        depth: int = 0,
    ) -> list[Value]:
        """Return everything an expression can stand for.

        Args:
            source: The file it stands in.
            scope: The scope it stands in.
            expression: What to look up.
            bindings: Values of loop variables and parameters that are known here.
            depth: How many steps led here; cyclic definitions end at a limit.
        """
        if self._nesting == 0:
            self._steps = 0
        self._steps += 1
        if depth > _MAX_DEPTH or self._nesting > _MAX_NESTING or self._steps > _MAX_STEPS:
            self._cuts += 1
            return []
        key = (source.path, scope, expression.path) if isinstance(expression, Name) and not bindings else None
        if key is not None and (known := self._remembered(key)) is not None:
            return known
        cuts = self._cuts
        self._nesting += 1
        try:
            found = self._values(source, scope, expression, bindings or {}, depth)
        finally:
            self._nesting -= 1
        # An answer that was cut short holds for this question, not as a part of another one.
        if key is not None and (cuts == self._cuts or self._nesting == 0):
            self._memory[key] = found
        return found

    def _remembered(self, key: tuple[str, str, str]) -> list[Value] | None:
        # A file that is parsed later can hold another call of a function, and with it another argument.
        number = len(self.project.sources)
        if number != self._memory_size:
            self._memory.clear()
            self._memory_size = number
        return self._memory.get(key)

    def _values(
        self, source: Source, scope: str, expression: Expression, known: Bindings, depth: int
    ) -> list[Value]:
        if isinstance(expression, Choice):
            return [
                value
                for option in expression.options
                for value in self.values(source, scope, option, known, depth + 1)
            ]
        if isinstance(expression, Name):
            return self._name(source, scope, expression, known, depth)
        if isinstance(expression, Attribute):
            owners = self.values(source, scope, expression.value, known, depth + 1)
            return [value for owner in owners for value in self._attribute(owner, expression.name, depth)]
        if isinstance(expression, Call):
            return self._call(source, scope, expression, known, depth)
        if isinstance(expression, Subscript):
            return self._subscript(source, scope, expression, known, depth)
        return [Value(source, scope, expression, None, known)]

    def literal(
        self, source: Source, scope: str, expression: Expression, bindings: Bindings | None = None
    ) -> str | None:
        """Return the text an expression stands for; None when reading does not tell."""
        values = self.values(source, scope, expression, bindings)
        # What a value is made of counts as nested: `a = f"{a}"` must end.
        self._nesting += 1
        try:
            texts = [self._text(value) for value in values] if self._nesting < _MAX_NESTING else []
        finally:
            self._nesting -= 1
        return next((text for text in texts if text is not None), None)

    def items(
        self, source: Source, scope: str, expression: Expression, bindings: Bindings | None = None
    ) -> list[Value] | None:
        """Return the elements of a list or tuple, splats opened; None when they cannot all be seen.

        Where it can be one of several lists (`A if debug else B`), those of all of them, each once.
        """
        found: list[Value] | None = None
        for value in self.values(source, scope, expression, bindings):
            if not isinstance(value.expression, Items):
                continue
            self._nesting += 1
            try:
                opened = self._opened(value) if self._nesting < _MAX_NESTING else None
            finally:
                self._nesting -= 1
            if opened is None:
                return None
            found = opened if found is None else found + [item for item in opened if item not in found]
        return found

    def environments(self, source: Source, call: Call) -> list[Bindings] | None:
        """Return the loop variables' values for each pass around a call; None when a loop is not literal."""
        found: list[Bindings] = [{}]
        for loop in call.loops:
            widened: list[Bindings] = []
            for bindings in found:
                elements = self.items(source, call.scope, loop.over, bindings)
                if elements is None or len(elements) > _MAX_LOOP:
                    return None
                widened.extend({**bindings, **dict(_unpacked(loop.targets, element))} for element in elements)
            found = widened
        return found

    def class_of(self, value: Value) -> tuple[Source, Class] | None:
        """Return the project's class that a value is, or is an instance of."""
        expression = value.expression
        if isinstance(expression, Call):
            expression = expression.function
        if not isinstance(expression, Name):
            return None
        symbol = self.project.resolve(value.source, value.scope, expression.path)
        found = self.project_class(symbol)
        if found is None and symbol.path and expression is not value.expression:
            # `config = CLASSES[name]; return config()`
            for made in self.values(value.source, value.scope, expression):
                if isinstance(made.expression, Name) and (found := self.project_class(made.symbol or symbol)):
                    break
        return found

    def project_class(self, symbol: Symbol) -> tuple[Source, Class] | None:
        """Return the class a symbol stands for, when the project defines it."""
        source = self.project.read(symbol.path) if symbol.path else None
        found = source.classes.get(symbol.name) if source else None
        return (source, found) if source and found else None

    def project_function(self, symbol: Symbol) -> tuple[Source, Function] | None:
        """Return the function a symbol stands for, when the project defines it."""
        source = self.project.read(symbol.path) if symbol.path else None
        found = source.functions.get(symbol.name) if source else None
        return (source, found) if source and found else None

    def bases(self, source: Source, cls: Class, seen: set[int] | None = None) -> Iterator[Symbol]:
        """Yield what a class derives from, directly or through classes of the project."""
        above = set() if seen is None else seen
        if id(cls) in above:
            return
        above.add(id(cls))
        scope = cls.qualname.rpartition(".")[0]
        for base in cls.bases:
            if not isinstance(base, Name):
                continue
            symbol = self.project.resolve(source, scope, base.path)
            yield symbol
            if (found := self.project_class(symbol)) and found[1] is not cls:
                yield from self.bases(*found, above)

    # How each kind of expression leads on

    def _name(self, source: Source, scope: str, name: Name, known: Bindings, depth: int) -> list[Value]:
        first, _, rest = name.path.partition(".")
        if first in known:
            bound = known[first]
            owners = self.values(bound.source, bound.scope, bound.expression, bound.bindings, depth + 1)
            return self._attributes(owners, rest, depth)
        symbol = self.project.resolve(source, scope, name.path)
        home = self.project.read(symbol.path) if symbol.path else None
        if home is None or not symbol.name:
            return [Value(source, scope, name, symbol, known)]
        if symbol.name in home.classes or symbol.name in home.functions:
            return [Value(home, "", Name(symbol.name), symbol, known)]
        return self._in_file(source, scope, name, known, symbol, home, depth)

    def _in_file(
        self,
        source: Source,
        scope: str,
        name: Name,
        known: Bindings,
        symbol: Symbol,
        home: Source,
        depth: int,
    ) -> list[Value]:
        """Look a name up in the file that binds it: an assignment, a class, ``self``, or a parameter."""
        parts = symbol.name.split(".")
        inner = known if home is source and symbol.scope == scope else {}
        for cut in range(len(parts), 0, -1):
            if assigned := home.assigned(symbol.scope, ".".join(parts[:cut])):
                owners = [
                    value
                    for item in assigned
                    if not (item.value == name and home is source)
                    for value in self.values(home, item.scope, item.value, inner, depth + 1)
                ]
                return self._attributes(owners, ".".join(parts[cut:]), depth)
        rest = ".".join(parts[1:])
        function = home.functions.get(symbol.scope)
        if parts[0] in home.classes and rest:
            return self._attributes([Value(home, "", Name(parts[0]))], rest, depth)
        if parts[0] in {"self", "cls"} and rest:
            return self._of_self(home, symbol.scope, rest, depth)
        if function is not None and parts[0] in function.parameters:
            return self._attributes(self._parameter(home, function, parts[0], depth), rest, depth)
        return [Value(source, scope, name, symbol, known)]

    def _subscript(
        self, source: Source, scope: str, expression: Subscript, known: Bindings, depth: int
    ) -> list[Value]:
        """Return every element of a display: which one is meant is known at run time."""
        found = []
        for owner in self.values(source, scope, expression.value, known, depth + 1):
            inside = owner.expression
            items = [value for _, value in inside.pairs] if isinstance(inside, Mapping) else []
            items = list(inside.items) if isinstance(inside, Items) else items
            for item in items:
                found.extend(self.values(owner.source, owner.scope, item, owner.bindings, depth + 1))
        return found or [Value(source, scope, expression, None, known)]

    def _attributes(self, owners: list[Value], rest: str, depth: int) -> list[Value]:
        for part in filter(None, rest.split(".")):
            owners = [value for owner in owners for value in self._attribute(owner, part, depth)]
        return owners

    def _attribute(self, owner: Value, name: str, depth: int) -> list[Value]:
        if depth > _MAX_DEPTH:
            return []
        if owner.symbol and owner.symbol.path and not owner.symbol.name:
            module = self.project.read(owner.symbol.path)
            return self.values(module, "", Name(name), None, depth + 1) if module else []
        if isinstance(owner.expression, Text) and name == "value":
            return [owner]
        found = self.class_of(owner)
        if found is None:
            return [Value(owner.source, owner.scope, Attribute(owner.expression, name), None, owner.bindings)]
        return self._of_class(*found, name, depth)

    def _of_class(self, source: Source, cls: Class, name: str, depth: int) -> list[Value]:
        above = (self.project_class(symbol) for symbol in self.bases(source, cls))
        for owner in [(source, cls), *filter(None, above)]:
            if found := self._own(*owner, name, depth):
                return found
        return []

    def _own(self, source: Source, cls: Class, name: str, depth: int) -> list[Value]:
        """Return what a class itself says about an attribute: its body, a property or method, or ``self.name = …``."""
        owner = cls.qualname
        if assigned := source.assigned(owner, name):
            return [v for item in assigned for v in self.values(source, owner, item.value, None, depth + 1)]
        if method := source.functions.get(f"{owner}.{name}"):
            if any(isinstance(item, Name) and item.path.endswith("property") for item in method.decorators):
                scope = method.qualname
                return [
                    v for item in method.returns for v in self.values(source, scope, item, None, depth + 1)
                ]
            return [Value(source, "", Name(method.qualname), Symbol("", source.path, "", method.qualname))]
        return [
            value
            for (scope, target), items in source.assignments.items()
            if target == f"self.{name}" and scope.startswith(f"{owner}.")
            for item in items
            for value in self.values(source, scope, item.value, None, depth + 1)
        ]

    def _of_self(self, source: Source, scope: str, rest: str, depth: int) -> list[Value]:
        owner = scope.rpartition(".")[0]
        while owner and owner not in source.classes:
            owner = owner.rpartition(".")[0]
        if not owner:
            return []
        first, _, more = rest.partition(".")
        return self._attributes(self._of_class(source, source.classes[owner], first, depth + 1), more, depth)

    def _call(self, source: Source, scope: str, call: Call, known: Bindings, depth: int) -> list[Value]:
        itself = [Value(source, scope, call, None, known)]
        if isinstance(call.function, Name):
            symbol = self.project.resolve(source, scope, call.function.path)
            target = self.project_function(symbol)
            if target is None and symbol.path and self.project_class(symbol) is None:
                target = self._method(source, scope, call, known, depth)
        elif isinstance(call.function, Attribute):
            target = self._method(source, scope, call, known, depth)
        else:
            return itself
        if target is None:
            return itself
        home, function = target
        if function.is_generator and not any("fixture" in str(item) for item in function.decorators):
            return []
        arguments = self._arguments(source, scope, call, function, known)
        return [
            value
            for returned in function.returns
            for value in self.values(home, function.qualname, returned, arguments, depth + 1)
        ]

    def _method(
        self, source: Source, scope: str, call: Call, known: Bindings, depth: int
    ) -> tuple[Source, Function] | None:
        for value in self.values(source, scope, call.function, known, depth + 1):
            if isinstance(value.expression, Name):
                function = value.source.functions.get(value.expression.path)
                if function is not None:
                    return value.source, function
        return None

    def _arguments(
        self, source: Source, scope: str, call: Call, function: Function, known: Bindings
    ) -> Bindings:
        names = list(function.parameters)
        if function.in_class and names and names[0] in {"self", "cls"}:
            names = names[1:]
        given: Bindings = {}
        for name, argument in zip(names, call.arguments, strict=False):
            if isinstance(argument, Splat):
                break
            given[name] = Value(source, scope, argument, None, known)
        for name, argument in call.keywords.items():
            if name in function.parameters:
                given[name] = Value(source, scope, argument, None, known)
        return given

    def _parameter(self, source: Source, function: Function, name: str, depth: int) -> list[Value]:
        asked = (source.path, function.qualname, name)
        if asked in self._asking:
            # A function that calls itself hands on what it was given; the first call has told already.
            self._cuts += 1
            return []
        self._asking.add(asked)
        try:
            return self._handed_over(source, function, name, depth)
        finally:
            self._asking.discard(asked)

    def _handed_over(self, source: Source, function: Function, name: str, depth: int) -> list[Value]:
        found: list[Value] = []
        callers = self._calls_of(source.path, function.qualname)
        for caller, call in callers if len(callers) <= _MAX_CALLERS else ():
            argument = self._arguments(caller, call.scope, call, function, {}).get(name)
            if argument is not None:
                for bindings in self.environments(caller, call) or [{}]:
                    found.extend(self.values(caller, call.scope, argument.expression, bindings, depth + 1))
        default = function.parameters[name]
        if default is not None:
            found.extend(self.values(source, "", default, None, depth + 1))
        return found

    def _calls_of(self, path: str, qualname: str) -> list[tuple[Source, Call]]:
        parsed = self.project.parsed()
        if self._callers is None or self._callers_count != len(parsed):
            self._callers, self._callers_count = {}, len(parsed)
            for source in parsed:
                for call in source.calls:
                    if isinstance(call.function, Name):
                        symbol = self.project.resolve(source, call.scope, call.function.path)
                        if symbol.path:
                            self._callers.setdefault((symbol.path, symbol.name), []).append((source, call))
        return self._callers.get((path, qualname), [])

    def _text(self, value: Value) -> str | None:
        expression = value.expression
        if isinstance(expression, Text):
            return expression.value
        if isinstance(expression, Template):
            parts = [
                self.literal(value.source, value.scope, part, value.bindings) for part in expression.parts
            ]
            return None if None in parts else "".join(part for part in parts if part is not None)
        if isinstance(expression, Call):
            default = _default(expression)
            return (
                None if default is None else self.literal(value.source, value.scope, default, value.bindings)
            )
        if isinstance(expression, Constant) and expression.value is None:
            return None
        return None

    def _opened(self, value: Value) -> list[Value] | None:
        opened: list[Value] = []
        items = value.expression.items if isinstance(value.expression, Items) else ()
        for item in items:
            if isinstance(item, Splat):
                inner = self.items(value.source, value.scope, item.value, value.bindings)
                if inner is None:
                    return None
                opened.extend(inner)
            else:
                opened.append(Value(value.source, value.scope, item, None, value.bindings))
        return opened


def _default(call: Call) -> Expression | None:
    """Return the default of a call that reads a setting: ``getenv(name, d)``, ``Field(d)``, ``c(name, default=d)``."""
    if "default" in call.keywords:
        return call.keywords["default"]
    leaf = call.function.path.rpartition(".")[2] if isinstance(call.function, Name) else ""
    position = {"getenv": 1, "get": 1, "Field": 0, "str": 0, "cast": 1}.get(leaf)
    return None if position is None else call.argument(position)


def _unpacked(targets: tuple[str, ...], element: Value) -> Iterator[tuple[str, Value]]:
    if len(targets) == 1:
        yield targets[0], element
    elif isinstance(element.expression, Items):
        for name, item in zip(targets, element.expression.items, strict=False):
            yield name, Value(element.source, element.scope, item, None, element.bindings)
