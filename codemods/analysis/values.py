"""What an expression can stand for, by reading: constants, settings, factories and their parameters.

Nothing is run. A name leads to what is assigned to it, a call of a function of the project to what the function
returns, an attribute to what its class or its methods set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.attributes import attribute_of, attributes, of_self
from codemods.analysis.bindings import MAX_DEPTH, Bindings, Value, handed_over, unpacked
from codemods.analysis.constants import elements_of, text_of
from codemods.analysis.definitions import Definitions
from codemods.analysis.syntax import (
    Attribute,
    Call,
    Choice,
    Constant,
    Expression,
    Function,
    Items,
    Mapping,
    Name,
    Source,
    Subscript,
)

if TYPE_CHECKING:
    from codemods.analysis.project import Project, Symbol


_MAX_LOOP = 200
# Definitions that lead to one another end here; real code stays far below.
_MAX_NESTING = 60
_MAX_STEPS = 2_000
# A helper that is handed the application or a router has few callers; one with many is handed sessions and requests.
_MAX_CALLERS = 25


class Evaluator:
    """Answers what expressions of one project can stand for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.definitions = Definitions(project)
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
        if depth > MAX_DEPTH or self._nesting > _MAX_NESTING or self._steps > _MAX_STEPS:
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
            return [value for owner in owners for value in attribute_of(self, owner, expression.name, depth)]
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
            texts = [text_of(self, value) for value in values] if self._nesting < _MAX_NESTING else []
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
                opened = elements_of(self, value) if self._nesting < _MAX_NESTING else None
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
                widened.extend({**bindings, **dict(unpacked(loop.targets, element))} for element in elements)
            found = widened
        return found

    # How each kind of expression leads on

    def _name(self, source: Source, scope: str, name: Name, known: Bindings, depth: int) -> list[Value]:
        first, _, rest = name.path.partition(".")
        if first in known:
            bound = known[first]
            owners = self.values(bound.source, bound.scope, bound.expression, bound.bindings, depth + 1)
            return attributes(self, owners, rest, depth)
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
                return attributes(self, owners, ".".join(parts[cut:]), depth)
        rest = ".".join(parts[1:])
        function = home.functions.get(symbol.scope)
        if parts[0] in home.classes and rest:
            return attributes(self, [Value(home, "", Name(parts[0]))], rest, depth)
        if parts[0] in {"self", "cls"} and rest:
            return of_self(self, home, symbol.scope, rest, depth)
        if function is not None and parts[0] in function.parameters:
            return attributes(self, self._parameter(home, function, parts[0], depth), rest, depth)
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
            number = expression.key.value if isinstance(expression.key, Constant) else None
            if isinstance(number, int) and isinstance(inside, Items) and 0 <= number < len(items):
                items = [items[number]]
            for item in items:
                found.extend(self.values(owner.source, owner.scope, item, owner.bindings, depth + 1))
        return found or [Value(source, scope, expression, None, known)]

    def _call(self, source: Source, scope: str, call: Call, known: Bindings, depth: int) -> list[Value]:
        itself = [Value(source, scope, call, None, known)]
        if isinstance(call.function, Name):
            symbol = self.project.resolve(source, scope, call.function.path)
            target = self.definitions.function_at(symbol)
            if target is None and symbol.path and self.definitions.class_at(symbol) is None:
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
        arguments = handed_over(source, scope, call, function, known)
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

    def _parameter(self, source: Source, function: Function, name: str, depth: int) -> list[Value]:
        asked = (source.path, function.qualname, name)
        if asked in self._asking:
            # A function that calls itself hands on what it was given; the first call has told already.
            self._cuts += 1
            return []
        self._asking.add(asked)
        try:
            return self._from_callers(source, function, name, depth)
        finally:
            self._asking.discard(asked)

    def _from_callers(self, source: Source, function: Function, name: str, depth: int) -> list[Value]:
        found: list[Value] = []
        callers = self.definitions.calls_of(source.path, function.qualname)
        for caller, call in callers if len(callers) <= _MAX_CALLERS else ():
            argument = handed_over(caller, call.scope, call, function, {}).get(name)
            if argument is not None:
                for bindings in self.environments(caller, call) or [{}]:
                    found.extend(self.values(caller, call.scope, argument.expression, bindings, depth + 1))
        default = function.parameters[name]
        if default is not None:
            found.extend(self.values(source, "", default, None, depth + 1))
        return found
