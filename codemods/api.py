"""The Python way to call an operation: ``invoke("code-instrumenter", "add_tracing", {...})``."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from codemods.operation import Options, Result, execute, load, operations

_OPTION_NAMES = {option.name for option in fields(Options)} - {"progress", "confirm", "json"}


def invoke(skill: str, operation: str, params: dict[str, Any]) -> Result:
    """Call one operation.

    Args:
        skill: ``code-instrumenter`` or ``cicd-generator``.
        operation: The operation's name, for example ``add_tracing``.
        params: The contract's parameters, ``project_path`` first of all; the shared flags (``diff``,
            ``check``, ``only``, ``app`` …)
            may stand among them.

    Returns:
        A result with ``.success``, ``.data`` (a dict with the contract's keys), ``.errors`` and
        ``.warnings``. Bad input gives ``success=False``
        and a message; it does not raise.
    """
    if operation not in operations() or skill != load(operation).SKILL:
        known = [name for name in operations() if skill == load(name).SKILL]
        listed = (
            f"Operations of {skill}: {', '.join(known)}."
            if known
            else "Skills: code-instrumenter, cicd-generator."
        )
        return Result(
            success=False, errors=[f"{skill}: unknown operation {operation!r}\n  {listed}"], exit_code=2
        )
    path = params.get("project_path")
    if not path or not (isinstance(path, str) or hasattr(path, "__fspath__")):
        return Result(
            success=False, errors=["project_path: missing\n  Give the directory of the project."], exit_code=2
        )
    chosen = {name: value for name, value in params.items() if name in _OPTION_NAMES and value is not None}
    for name, value in chosen.items():
        expected = type(getattr(Options(), name))
        if not isinstance(value, expected):
            message = f"{name}: must be of type {expected.__name__}, not {type(value).__name__}: {value!r}"
            return Result(success=False, errors=[message], exit_code=2)
    options = Options(**chosen)
    names = {parameter.name for parameter in load(operation).PARAMETERS}
    given = {
        name: value
        for name, value in params.items()
        if name != "project_path" and (name in names or name not in _OPTION_NAMES)
    }
    return execute(operation, str(path), given, options)
