"""What an import statement binds, and from where.

https://docs.python.org/3/reference/simple_stmts.html#the-import-statement
"""

from __future__ import annotations

import libcst as cst

from codemods.engines.python_scopes import dotted


def absolute_module(node: cst.ImportFrom, here: str, *, is_package: bool) -> str:
    """Return the absolute dotted module of a ``from`` import; empty when it leads out of the top package.

    Args:
        node: The import.
        here: Dotted module of the file it stands in.
        is_package: Whether that file is an ``__init__.py``.
    """
    module = ".".join(dotted(node.module)) if node.module else ""
    level = len(node.relative)
    if not level:
        return module
    parts = here.split(".") if here else []
    drop = level - 1 if is_package else level
    if drop > len(parts):
        return ""
    base = ".".join(parts[: len(parts) - drop])
    return ".".join(part for part in (base, module) if part)


def bound_name(alias: cst.ImportAlias, module: str, *, is_from: bool) -> tuple[str, str]:
    """Return the local name that one imported name gets, and the dotted name it stands for.

    ``import a.b`` binds ``a``, but ``import a.b as c`` binds ``a.b``.
    """
    parts = dotted(alias.name)
    local = local_name(alias)
    if is_from:
        name = ".".join(parts)
        return local or name, f"{module}.{name}" if module else name
    return (local, ".".join(parts)) if local else (parts[0], parts[0])


def local_name(alias: cst.ImportAlias) -> str:
    """Return the name behind ``as``; empty when there is none."""
    return alias.asname.name.value if alias.asname and isinstance(alias.asname.name, cst.Name) else ""
