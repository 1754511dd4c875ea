"""OpenTelemetry's release trains: packages of different releases do not install together.

``opentelemetry-sdk`` 1.x.y needs exactly the same ``opentelemetry-api`` and the semantic conventions 0.(x+21)by; every
contrib package needs the conventions of its own release.
https://github.com/open-telemetry/opentelemetry-python/blob/main/RELEASING.md
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from codemods.manifests.model import Declared, compatible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.facts import Train

_CORE = frozenset(
    "opentelemetry-" + name
    for name in (
        "api",
        "sdk",
        "proto",
        "exporter-otlp",
        "exporter-otlp-proto-common",
        "exporter-otlp-proto-grpc",
        "exporter-otlp-proto-http",
        "propagator-b3",
        "propagator-jaeger",
    )
)
_CONTRIB = re.compile(
    r"opentelemetry-(instrumentation(-.+)?|distro|semantic-conventions|util-http|exporter-prometheus(-remote-write)?|exporter-otlp-common|exporter-http-transport)"
)
_EXACT = re.compile(r"={2,3}\s*([^\s,;*]+)\s*$")


NEEDS: dict[str, tuple[str, ...]] = {
    "opentelemetry-api": ("typing-extensions>=4.5.0",),
    "opentelemetry-exporter-otlp-proto-http": (
        "googleapis-common-protos~=1.52",
        "protobuf<8.0,>=5.0",
        "requests~=2.7",
    ),
    "opentelemetry-instrumentation": ("packaging>=18.0", "wrapt<3.0.0,>=1.0.0"),
    "opentelemetry-instrumentation-asgi": ("asgiref~=3.0",),
}
"""What the train's packages need of others, which projects often pin; a test compares it with their metadata."""


def is_core(name: str) -> bool:
    """Return whether a package (canonical name) is released with the API, as 1.x.y."""
    return name in _CORE


def is_contrib(name: str) -> bool:
    """Return whether a package (canonical name) is released with the instrumentations, as 0.xby."""
    return _CONTRIB.fullmatch(name) is not None


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
    found = []
    for package, needs in NEEDS.items():
        instrumentation = package == "opentelemetry-instrumentation" and any(
            package in name for name in names
        )
        asgi = package.endswith("-asgi") and any(name.endswith(("-fastapi", "-starlette")) for name in names)
        if package not in names and not instrumentation and not asgi:
            continue
        for needed in map(Requirement, needs):
            found += [
                (one, package, str(needed))
                for one in declared
                if one.name == needed.name and not compatible(one.allowed, needed.specifier)
            ]
    return found


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
