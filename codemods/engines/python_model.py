"""The values that the Python engine takes and gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

TARGET = "{target}"


@dataclass(frozen=True)
class Call:
    """A function of the generated package, and how it is to be called.

    Attributes:
        module: Dotted module that defines the function: ``app.instrumentation.tracing``.
        function: Its name.
        arguments: Arguments as source text; ``{target}`` stands for the application expression.
        position: ``after`` the statement that makes the application, or on the line ``before`` it
            (only for calls without ``{target}``).
        imports: More names of the same module that the arguments use, such as a metric object.
        imported_beside: Whether the import stands beside the call, and not at the top of the file.
    """

    module: str
    function: str
    arguments: tuple[str, ...] = (TARGET,)
    position: Literal["after", "before"] = "after"
    imports: tuple[str, ...] = ()
    imported_beside: bool = False

    def text(self, target: str, names: dict[str, str] | None = None) -> str:
        """Return the call as source text.

        Args:
            target: What ``{target}`` stands for.
            names: Local names of what is imported, where they differ.
        """
        local = names or {}
        arguments = (local.get(argument, argument).replace(TARGET, target) for argument in self.arguments)
        return f"{local.get(self.function, self.function)}({', '.join(arguments)})"

    @property
    def takes_target(self) -> bool:
        """Whether the application is among the arguments."""
        return any(TARGET in argument for argument in self.arguments)


@dataclass(frozen=True)
class Site:
    """Where an application object is made; `codemods.analysis.model.Application` holds the same four values.

    Attributes:
        name: The target as written (``app``, ``self.app``); empty for ``return FastAPI()``.
        scope: Qualified name of the enclosing function; empty at module level.
        line: 1-based line of the constructor call when the file was analysed; the file may have moved on.
        constructor: Resolved dotted name of what is called.
    """

    name: str
    scope: str
    line: int
    constructor: str


@dataclass(frozen=True)
class ImportContext:
    """How the file is imported, and what counts as the project's own.

    Attributes:
        module: Dotted name of the file.
        package: Top package; empty for a flat layout.
        is_package: Whether the file is an ``__init__.py``.
        first_party: More top-level names of the project; needed in a flat layout to tell its modules from libraries.
        import_root: Directory that the service is imported from, relative to its own; empty when that is not known.
    """

    module: str
    package: str
    is_package: bool = False
    first_party: frozenset[str] = field(default_factory=frozenset)
    import_root: str = ""


@dataclass(frozen=True)
class FoundCall:
    """A call or a decorator that resolves to a module.

    Attributes:
        function: Name within the module; dotted when the module asked for is a package.
        line: 1-based line.
        text: The call as written.
        scope: Qualified name of the enclosing function or class, for a decorator that of the decorated one.
    """

    function: str
    line: int
    text: str
    scope: str


@dataclass(frozen=True)
class FoundFunction:
    """A function or method.

    Attributes:
        qualname: ``name``, ``Class.name``, ``outer.inner``.
        line: 1-based line of ``def``.
        is_async: Whether it is ``async def``.
        is_generator: Whether it yields.
        decorators: Decorators as written, outermost first, without ``@``.
    """

    qualname: str
    line: int
    is_async: bool
    is_generator: bool
    decorators: tuple[str, ...]
