"""Compare what ``frameworks/python.yml`` says of the version train with the packages installed here.

``nox -s train`` installs the train and runs this: ``python -m codemods.manifests.train_check``.
"""

from __future__ import annotations

import sys
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from codemods.facts import python_facts, train_requirements
from codemods.manifests import train as trains

_FAMILY = "opentelemetry-"


def deviations() -> list[str]:
    """Return what the facts say otherwise than the metadata of the installed packages, one sentence each."""
    train = python_facts().train
    found = []
    told = {need.package: {Requirement(text) for text in need.requires} for need in train.needs}
    names = {canonicalize_name(Requirement(line).name) for line in train_requirements()}
    for name in sorted(_closure({name for name in names if name.startswith(_FAMILY)})):
        expected = train.core if trains.is_core(name) else train.contrib if trains.is_contrib(name) else ""
        if metadata.version(name) != expected:
            found.append(
                f"{name} {metadata.version(name)} is {expected or 'of neither family'}, by the facts"
            )
    for name, requires in told.items():
        below = _closure({name})
        real = {one for member in below for one in _needs(member) if not one.name.startswith(_FAMILY)}
        elsewhere = set().union(*(told[member] for member in below - {name} if member in told))
        found += [f"{name} does not need {one}" for one in sorted(requires - real, key=str)]
        found += [f"{name} needs {one}, too" for one in sorted(real - requires - elsewhere, key=str)]
    return found


def _needs(name: str) -> list[Requirement]:
    every = [Requirement(text) for text in metadata.requires(name) or []]
    return [one for one in every if one.marker is None or one.marker.evaluate({"extra": ""})]


def _closure(names: set[str]) -> set[str]:
    """Return packages of the train with those that they need."""
    reached: set[str] = set()
    pending = set(names)
    while pending:
        name = pending.pop()
        reached.add(name)
        pending |= {one.name for one in _needs(name) if one.name.startswith(_FAMILY)} - reached
    return reached


if __name__ == "__main__":
    sys.exit("\n".join(deviations()) or 0)
