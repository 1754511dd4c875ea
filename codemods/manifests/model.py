"""What a dependency file says, and what each reader-writer offers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from codemods.errors import UsageError

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

_VERSIONS = re.compile(r"[\w.-]+\s*(?:\[[^\]]*\])?\s*\(?([^;)@]*)")

Role = Literal["runtime", "other", "constraint"]

Read = Callable[[str], bytes | None]
"""Return a file of the project by its path from the root; None when there is none."""


@dataclass(frozen=True)
class Declared:
    """One dependency as the user declares it.

    Attributes:
        name: Canonical name (PEP 503).
        text: As written, without comment.
        file: The file it stands in.
        allowed: The versions it admits, any of these sets; empty when nothing is known (a URL, a path).
        extras: Extras asked for.
        marker: Environment marker, empty for none.
        role: ``runtime`` is installed with the service; ``other`` belongs to an extra or a group, which a lock
            file resolves together with it; ``constraint`` only narrows versions.
    """

    name: str
    text: str
    file: str
    allowed: tuple[SpecifierSet, ...] = ()
    extras: frozenset[str] = frozenset()
    marker: str = ""
    role: Role = "runtime"


@dataclass(frozen=True)
class Requested:
    """One requirement to add: as it was given, and as it is understood."""

    text: str
    requirement: Requirement

    @property
    def name(self) -> str:
        """Return the name as it was given."""
        return self.requirement.name

    @property
    def key(self) -> str:
        """Return the name in the form that names are compared in."""
        return canonical(self.requirement.name)

    @property
    def versions(self) -> str:
        """Return the version specifier as it was given: ``>=0.22,<1``; empty for none."""
        match = _VERSIONS.match(self.text)
        return match.group(1).strip() if match else ""


class CannotEditError(Exception):
    """The file is written in a way that this tool does not edit safely; it stays as it is.

    Args:
        reason: Why, in one sentence.
        command: What the user runs instead of pasting lines; empty when lines can be pasted.
    """

    def __init__(self, reason: str, *, command: str = "") -> None:
        self.reason, self.command = reason, command
        super().__init__(reason)


class Format(Protocol):
    """One kind of dependency file: how it is read and written."""

    def declared(self, source: bytes, path: str, read: Read) -> list[Declared]:
        """Return every dependency of the file, and of the files it includes."""

    def insert(self, source: bytes, requirements: Sequence[Requested]) -> bytes:
        """Return the file with run-time dependencies added; everything else is byte for byte as before."""

    def remove(self, source: bytes, names: Sequence[str]) -> bytes:
        """Return the file without the run-time dependencies of these names."""

    def entry(self, source: bytes, one: Requested) -> str:
        """Return one requirement as a line of this file."""

    def snippet(self, source: bytes, requirements: Sequence[Requested]) -> str:
        """Return what to paste by hand, and where."""


def canonical(name: str) -> str:
    """Return a distribution's name in the form that names are compared in (PEP 503)."""
    return str(canonicalize_name(name))


def canonical_set(names: Sequence[str]) -> frozenset[str]:
    """Return names in the form that they are compared in."""
    return frozenset(canonical(name) for name in names)


def from_requirement(text: str, file: str, role: Role = "runtime") -> Declared | None:
    """Read one PEP 508 line.

    Args:
        text: The requirement.
        file: Where it stands.
        role: How it takes part in the installation.

    Returns:
        None when it is no PEP 508 requirement.
    """
    try:
        found = Requirement(text)
    except InvalidRequirement:
        return None
    return Declared(
        name=canonical(found.name),
        text=text,
        file=file,
        allowed=() if found.url else (found.specifier,),
        extras=canonical_set(sorted(found.extras)),
        marker=str(found.marker or ""),
        role=role,
    )


def parse_requested(requirements: Sequence[str]) -> list[Requested]:
    """Read the requirements to add; two for one package become one with the extras and bounds of both.

    Args:
        requirements: PEP 508 lines.

    Returns:
        One requirement per package, in the order of first mention.

    Raises:
        UsageError: A line is no PEP 508 requirement.
    """
    merged: dict[str, Requested] = {}
    for line in requirements:
        try:
            new = Requested(line.strip(), Requirement(line))
        except InvalidRequirement as error:
            raise UsageError(f"{line!r} is no requirement: {error}") from error
        first = merged.setdefault(new.key, new)
        if first.text != new.text:
            first.requirement.extras |= new.requirement.extras
            first.requirement.specifier &= new.requirement.specifier
            merged[new.key] = Requested(str(first.requirement), first.requirement)
    return list(merged.values())


def compatible(allowed: Sequence[SpecifierSet], needed: SpecifierSet) -> bool:
    """Return whether some version satisfies both; unknown versions (no sets) are taken to."""
    return not allowed or any(not (one & needed).is_unsatisfiable() for one in allowed)
