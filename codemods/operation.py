"""What every operation has in common: parameters, options, a result."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from codemods.errors import ReleaseQualityError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from codemods.plan import Plan

# What is added to the service's own code, and what stands around it.
CODE_FEATURES = ("logging", "tracing", "metrics", "health", "profiling", "config")
PIPELINE_FEATURES = ("gates", "docker", "github", "gitlab", "jenkins")
FEATURES = CODE_FEATURES + PIPELINE_FEATURES

Kind = Literal["str", "float", "int", "bool", "list", "objects"]


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation: a key of ``invoke`` and a flag of the command line.

    Attributes:
        name: The contract's name; the flag is the same with dashes.
        kind: How its value is read. ``objects`` is a list of mappings (JSON on the command line).
        help: One line for ``--help``.
        aliases: Other names that mean the same.
        choices: Allowed values, when there are few.
    """

    name: str
    kind: Kind
    help: str
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass
class Options:
    """The flags that all operations share."""

    diff: bool = False
    check: bool = False
    json: bool = False
    only: list[str] = field(default_factory=list)
    skip: list[str] = field(default_factory=list)
    service: str = ""
    all_services: bool = False
    app: str = ""
    allow_dirty: bool = False
    defaults: bool = False
    inject_only: bool = False
    refresh_lock: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    progress: Callable[[str], None] = lambda _message: None
    confirm: Callable[[str], bool] = lambda _question: False

    @property
    def dry(self) -> bool:
        """Whether nothing may be written."""
        return self.diff or self.check

    def features(self, available: tuple[str, ...] = FEATURES) -> list[str]:
        """Return the features that ``--only`` and ``--skip`` leave.

        Raises:
            UsageError: A name is no feature.
        """
        for name in [*self.only, *self.skip]:
            if name not in available:
                raise UsageError(f"unknown feature {name!r}", hint=f"Features: {', '.join(available)}.")
        return [name for name in available if (not self.only or name in self.only) and name not in self.skip]


@dataclass
class Result:
    """What an operation gives back.

    Attributes:
        success: Whether everything that was asked for is done (or would be, in a dry run).
        data: The contract's return keys.
        errors: Messages for the user, each with what, where and what next.
        warnings: What to know, although all is done.
        exit_code: 0 done or nothing to do; 1 something would change (``--check``) or a part could not be
            done; 2 unusable input.
        plan: The edits, for ``--diff``.
        page: What people see instead of a summary: anything that rich can print.
    """

    success: bool = True
    data: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    exit_code: int = 0
    plan: Plan | None = None
    page: Any = None

    def to_json(self) -> dict[str, Any]:
        """Return the document that ``--json`` prints."""
        return {**self.data, "success": self.success, "errors": self.errors, "warnings": self.warnings}


class Operation(Protocol):
    """The module of one operation: one file of ``codemods/``."""

    SKILL: str
    SUMMARY: str
    PARAMETERS: tuple[Parameter, ...]

    @staticmethod
    def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:
        """Do it."""


def operations() -> list[str]:
    """Return the names of all operations: the modules of this package that are named like one."""
    package = importlib.import_module("codemods")
    return sorted(
        module.name
        for module in pkgutil.iter_modules(package.__path__)
        if module.name.startswith(("add_", "analyze_", "generate_", "setup_"))
        or module.name in {"apply", "verify", "remove"}
    )


def load(name: str) -> Operation:
    """Import the module of an operation.

    Raises:
        UsageError: There is no operation of that name.
    """
    if name not in operations():
        known = [operation.replace("_", "-") for operation in operations()]
        raise UsageError(f"unknown operation {name!r}", hint=_nearest(name.replace("_", "-"), known))
    return cast("Operation", importlib.import_module(f"codemods.{name}"))


def execute(name: str, project_path: str, parameters: dict[str, Any], options: Options) -> Result:
    """Run an operation and turn the errors meant for users into a result.

    Args:
        name: The operation: ``add_tracing``.
        project_path: The project's directory.
        parameters: Values by parameter name; ``None`` means not given.
        options: The shared flags.

    Returns:
        The result; it never raises for bad input.
    """
    try:
        operation = load(name)
        given = check_parameters(operation.PARAMETERS, parameters)
        return operation.run(project_path, given, options)
    except ReleaseQualityError as error:
        return Result(success=False, errors=[str(error)], exit_code=error.exit_code)
    except OSError as error:
        # What is left after the writer's own checks: unreadable directories, vanished mounts.
        where = f"{error.filename}: " if error.filename else ""
        return Result(success=False, errors=[f"{where}{error.strerror or error}"], exit_code=2)


def check_parameters(known: tuple[Parameter, ...], given: dict[str, Any]) -> dict[str, Any]:
    """Check names and types of parameters and resolve aliases.

    Raises:
        UsageError: A name is unknown or a value has the wrong type.
    """
    by_name = {name: parameter for parameter in known for name in (parameter.name, *parameter.aliases)}
    checked: dict[str, Any] = {}
    for name, value in given.items():
        if value is None:
            continue
        if name not in by_name:
            raise UsageError(f"unknown parameter {name!r}", hint=_nearest(name, list(by_name)))
        parameter = by_name[name]
        checked[parameter.name] = _typed(parameter, value)
    return checked


def _typed(parameter: Parameter, value: Any) -> Any:
    accepted: dict[Kind, tuple[type, ...]] = {
        "str": (str,),
        "float": (float, int),
        "int": (int,),
        "bool": (bool,),
        "list": (list, tuple),
        "objects": (list, tuple),
    }
    wrong = not isinstance(value, accepted[parameter.kind]) or (
        parameter.kind in {"float", "int"} and isinstance(value, bool)
    )
    if parameter.kind == "str" and isinstance(value, Path):
        return str(value)
    if wrong:
        raise UsageError(
            f"must be of type {parameter.kind}, not {type(value).__name__}: {value!r}", where=parameter.name
        )
    if parameter.choices and value not in parameter.choices:
        raise UsageError(
            f"must be one of {', '.join(parameter.choices)}, not {value!r}", where=parameter.name
        )
    if parameter.kind == "list" and not all(isinstance(item, str) for item in value):
        raise UsageError("must be a list of strings", where=parameter.name)
    if parameter.kind == "objects" and not all(isinstance(item, dict) for item in value):
        raise UsageError("must be a list of mappings", where=parameter.name)
    return list(value) if isinstance(value, tuple) else value


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(sorted(known))}."
