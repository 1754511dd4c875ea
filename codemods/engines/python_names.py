"""What the names of one file stand for.

LibCST's own `QualifiedNameProvider` gives the same answers at thirty times the cost, so names are resolved here,
by the file's imports and Python's scoping rules.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from codemods.engines.python_scopes import Scope, dotted
from codemods.engines.python_source import read
from codemods.engines.python_walk import Walk

if TYPE_CHECKING:
    import libcst as cst

    from codemods.engines.python_model import ImportContext
    from codemods.engines.python_source import Source

_RESOLVE_DEPTH = 5


class Names(Walk):
    """The scopes, imports, calls and functions of one file.

    Args:
        source: The file.
        context: How it is imported.
    """

    def __init__(self, source: Source, context: ImportContext) -> None:
        self.source = source
        self.context = context
        super().__init__(source.module, context.module, is_package=context.is_package)

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

    def bound(self, name: str, scope: Scope) -> bool:
        """Whether a name means something already where ``scope`` looks it up."""
        return any(name in candidate.bindings for candidate in scope.chain())


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
