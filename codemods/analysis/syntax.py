"""Plain values for what a Python file says: expressions, calls, assignments, functions, classes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name as written: ``app``, ``self.app``, ``settings.prefix``."""

    path: str


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal's value."""

    value: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, True, False or None."""

    value: int | float | bool | None


@dataclass(frozen=True, slots=True)
class Template:
    """An f-string or a ``+`` of strings: its parts, in order."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list, tuple or set display, or a ``+`` of them; a splat stands as ``Splat``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Splat:
    """``*value`` inside a display or an argument list."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Mapping:
    """A dictionary display."""

    pairs: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values: ``a if c else b``, ``a or b``."""

    options: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of something that is not a plain name: ``build().router``."""

    value: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Subscript:
    """``value[key]``."""

    value: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else, by its kind in the grammar."""

    kind: str


@dataclass(frozen=True, slots=True)
class Loop:
    """A ``for`` around a statement: the names it binds and what it goes over."""

    targets: tuple[str, ...]
    over: Expression


@dataclass(eq=False, slots=True)
class Call:
    """A call, compared by identity: two calls with the same text are two calls."""

    function: Expression
    arguments: tuple[Expression, ...]
    keywords: dict[str, Expression]
    line: int
    scope: str
    loops: tuple[Loop, ...] = ()
    decorates: str = ""
    main_guard: bool = False
    target: str = ""

    def argument(self, position: int, keyword: str = "") -> Expression | None:
        """Return the argument given at ``position`` or by ``keyword``."""
        if keyword and keyword in self.keywords:
            return self.keywords[keyword]
        return self.arguments[position] if 0 <= position < len(self.arguments) else None


Expression = (
    Name
    | Text
    | Constant
    | Template
    | Items
    | Splat
    | Mapping
    | Choice
    | Attribute
    | Subscript
    | Other
    | Call
)


@dataclass(frozen=True, slots=True)
class Assignment:
    """``target = value``; a chain or an unpacked tuple gives one each."""

    target: str
    value: Expression
    line: int
    scope: str
    loops: tuple[Loop, ...] = ()
    annotation: str = ""


@dataclass(frozen=True, slots=True)
class Growth:
    """One step by which a name at module level, or in a class body, gets its value.

    Attributes:
        value: What is assigned, or added.
        adds: Whether it is added: ``name += value``.
        line: 1-based line.
        conditions: The conditions around it as written, ``not …`` for an ``else``.
    """

    value: Expression
    adds: bool
    line: int
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """A name bound by an import. ``target`` is absolute, or starts with the dots of a relative import."""

    name: str
    target: str
    line: int
    scope: str


@dataclass(slots=True)
class Function:
    """A function or method."""

    qualname: str
    line: int
    is_async: bool
    is_generator: bool = False
    parameters: dict[str, Expression | None] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    decorators: list[Expression] = field(default_factory=list)
    returns: list[Expression] = field(default_factory=list)
    in_class: bool = False
    loop_depth: int = 0


@dataclass(slots=True)
class Class:
    """A class with its bases."""

    qualname: str
    line: int
    bases: list[Expression] = field(default_factory=list)
    keywords: dict[str, Expression] = field(default_factory=dict)
    decorators: list[Expression] = field(default_factory=list)


@dataclass
class Source:
    """Everything the analysis needs to know about one file.

    ``imports`` bind names; ``modules`` are the dotted names of plain imports (``import a.b`` binds ``a`` and loads
    ``a.b``), with their lines; ``growth`` keeps each step by which a list outside functions is made, which
    ``assignments`` merges; ``error`` says what the parser could not read.
    """

    path: str
    imports: list[Import] = field(default_factory=list)
    stars: list[str] = field(default_factory=list)
    modules: list[tuple[str, int]] = field(default_factory=list)
    assignments: dict[tuple[str, str], list[Assignment]] = field(default_factory=dict)
    growth: dict[tuple[str, str], list[Growth]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    main_guard: bool = False
    error: str = ""
    bound: dict[tuple[str, str], Import] = field(default_factory=dict)

    def assigned(self, scope: str, name: str) -> list[Assignment]:
        """Return the assignments to ``name`` in ``scope``, in order."""
        return self.assignments.get((scope, name), [])
