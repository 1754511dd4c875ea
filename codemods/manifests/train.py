"""OpenTelemetry's release trains: packages of different releases do not install together.

``opentelemetry-sdk`` 1.x.y needs exactly the same ``opentelemetry-api`` and the semantic conventions 0.(x+21)by; every
contrib package needs the conventions of its own release.
https://github.com/open-telemetry/opentelemetry-python/blob/main/RELEASING.md
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from codemods.facts import python_facts
from codemods.manifests.model import Declared, compatible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.facts import Train

_EXACT = re.compile(r"={2,3}\s*([^\s,;*]+)\s*$")


def is_core(name: str) -> bool:
    """Return whether a package (canonical name) is released with the API, as 1.x.y."""
    return name in python_facts().train.core_packages


def is_contrib(name: str) -> bool:
    """Return whether a package (canonical name) is released with the instrumentations, as 0.xby."""
    return _is_one_of(name, python_facts().train.contrib_packages)


def _is_one_of(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def contrib_of(core: str) -> str:
    """Return the contrib release that goes with a core release: 0.66b1 for 1.45.1."""
    version = Version(core)
    return f"0.{version.minor + 21}b{version.micro}"


def core_of(contrib: str) -> str:
    """Return the core release that goes with a contrib release: 1.45.1 for 0.66b1."""
    version = Version(contrib)
    return f"1.{version.minor - 21}.{version.pre[1] if version.pre else 0}"


def belongs(name: str) -> bool:
    """Return whether a package (canonical name) is part of a train."""
    return is_core(name) or is_contrib(name)


def from_another(declared: Sequence[Declared], train: Train) -> list[Declared]:
    """Return the declared packages that do not admit the version of ``train``.

    Packages that only look like contrib ones but are versioned by others (0.40.1, without ``b``) are left out.
    """
    return [
        one
        for one in declared
        if (is_core(one.name) and not compatible(one.allowed, SpecifierSet(f"=={train.core}")))
        or (
            is_contrib(one.name)
            and all("b" in str(allowed) for allowed in one.allowed)
            and not compatible(one.allowed, SpecifierSet(f"=={train.contrib}"))
        )
    ]


def blocked(names: Sequence[str], declared: Sequence[Declared]) -> list[tuple[Declared, str, str]]:
    """Return the user's pins of other packages under which a package of the train does not install.

    Args:
        names: Canonical names of the packages to add.
        declared: What the user declares.

    Returns:
        For each such pin: the declaration, the package it blocks, and what that package needs.
    """
    return [
        (one, need.package, str(needed))
        for need in python_facts().train.needs
        if any(_is_one_of(name, [need.package, *need.brought_by]) for name in names)
        for needed in map(Requirement, need.requires)
        for one in declared
        if one.name == needed.name and not compatible(one.allowed, needed.specifier)
    ]


def pinned_train(declared: Sequence[Declared]) -> tuple[str, str]:
    """Return the core and contrib release that the user's exact pins name; empty when they name none, or several."""
    found = set()
    for one in declared:
        exact = [match.group(1) for allowed in one.allowed if (match := _EXACT.fullmatch(str(allowed)))]
        if len(exact) == 1 and is_core(one.name):
            found.add((exact[0], contrib_of(exact[0])))
        elif len(exact) == 1 and is_contrib(one.name) and "b" in exact[0]:
            found.add((core_of(exact[0]), exact[0]))
    return found.pop() if len(found) == 1 else ("", "")
