"""Decide, for each requirement, whether it is there already, can be added, or clashes with what the user declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import SpecifierSet

from codemods.analysis.model import ManifestFile
from codemods.facts import Train
from codemods.manifests import train as trains
from codemods.manifests.model import Declared, Requested, canonical_set, compatible
from codemods.manifests.poetry import version_sets

_MINORS = range(6, 20)
_UNIVERSAL_LOCKS = ("uv", "poetry", "pdm")


@dataclass(frozen=True)
class Conflict:
    """Why something is not added, and what the user can do."""

    reason: str
    snippet: str = ""


@dataclass
class Verdict:
    """What is to be added, what is there, what clashes."""

    missing: list[Requested] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def judge(
    requested: Sequence[Requested],
    declared: Sequence[Declared],
    *,
    manifest: ManifestFile,
    python: str,
    train: Train,
) -> Verdict:
    """Compare what is needed with what is declared.

    Args:
        requested: What is needed.
        declared: What the manifest, its includes, extras, groups and constraints say.
        manifest: The file that would be edited.
        python: The Python versions that the project admits, as it writes them; empty for not said.
        train: The OpenTelemetry release that the requirements belong to.

    Returns:
        A requirement that is in neither ``missing`` nor behind ``present`` is explained by one of the conflicts.
    """
    verdict = Verdict()
    pythons = _admitted(python)
    active = [one for one in declared if any(_holds(one.marker, minor) for minor in pythons)]
    strangers = (
        trains.from_another(active, train) if any(trains.belongs(one.key) for one in requested) else []
    )
    for one in requested:
        same = [other for other in active if other.name == one.key]
        installed = [other for other in same if other.role == "runtime"]
        held = bool(strangers) and trains.belongs(one.key)
        if held and any(other in strangers for other in same):
            continue  # the conflict of the trains says it
        if clash := None if held else _clash(one, same, installed, pythons):
            verdict.conflicts.append(clash)
        elif installed:
            verdict.present.append(installed[0].text)
        elif not held:
            verdict.missing.append(one)
    if strangers:
        verdict.conflicts.append(_other_train(strangers, requested, active, train))
    elif clash := _old_python(verdict, manifest, python, pythons, train):
        verdict.missing = [one for one in verdict.missing if not trains.belongs(one.key)]
        verdict.conflicts.append(clash)
    return verdict


def _clash(
    one: Requested, same: Sequence[Declared], installed: Sequence[Declared], pythons: Sequence[int]
) -> Conflict | None:
    needed = one.requirement.specifier
    for other in same:
        if not compatible(other.allowed, needed):
            return Conflict(
                f"{other.text} in {other.file} excludes {one.text}, which the generated code needs;"
                f" change it to a version that satisfies {needed}",
                one.text,
            )
    if not installed:
        return None
    uncovered = [minor for minor in pythons if not any(_holds(other.marker, minor) for other in installed)]
    if uncovered:
        return Conflict(
            f"{installed[0].text} in {installed[0].file} is not installed everywhere (Python 3.{uncovered[0]} on Linux"
            " would go without); take its marker off, or add a line for the rest",
            one.text,
        )
    lacking = canonical_set(sorted(one.requirement.extras)) - frozenset().union(
        *(other.extras for other in installed)
    )
    if lacking and all(other.allowed for other in installed):
        extras = ",".join(sorted(lacking | installed[0].extras))
        return Conflict(
            f"{installed[0].text} in {installed[0].file} lacks the extra {', '.join(sorted(lacking))}, which the generated"
            f" code needs; write {one.name}[{extras}] there",
            one.text,
        )
    return None


def _other_train(
    strangers: Sequence[Declared], requested: Sequence[Requested], declared: Sequence[Declared], train: Train
) -> Conflict:
    listed = ", ".join(dict.fromkeys(f"{one.text} ({one.file})" for one in strangers))
    core, contrib = trains.pinned_train(strangers)
    kept = f"; or stay on {core}/{contrib} and add the packages of that release" if core else ""
    lines = [f"# move your own lines to {train.core}/{train.contrib}, then run this again:"]
    lines += dict.fromkeys(
        f"{one.name}=={train.core if trains.is_core(one.name) else train.contrib}" for one in strangers
    )
    there = {one.name for one in declared if one.role == "runtime"}
    needed = [one for one in requested if trains.belongs(one.key) and one.key not in there]
    if core and needed:
        lines.append(f"# or stay on {core}/{contrib}, and add:")
        lines += [f"{one.name}=={core if trains.is_core(one.key) else contrib}" for one in needed]
    return Conflict(
        f"{listed}: another OpenTelemetry release than {train.core}/{train.contrib}, which the generated code is made for;"
        " packages of different releases do not install together, so none was added."
        f" Move yours to {train.core}/{train.contrib}{kept}",
        "\n".join(lines),
    )


def _old_python(
    verdict: Verdict, manifest: ManifestFile, python: str, pythons: Sequence[int], train: Train
) -> Conflict | None:
    minimum = int(train.minimum_python.split(".")[1])
    if not python or not any(trains.belongs(one.key) for one in verdict.missing):
        return None
    too_old = [minor for minor in pythons if minor < minimum]
    universal = manifest.kind in _UNIVERSAL_LOCKS
    if not too_old or (len(too_old) < len(pythons) and not universal):
        return None
    lock = (
        f"; {manifest.kind} locks for every Python that the project admits, and would find no solution"
        if universal
        else ""
    )
    return Conflict(
        f"the project admits Python 3.{too_old[0]} ({python}), and OpenTelemetry {train.core} needs"
        f" {train.minimum_python} or newer{lock}. Raise the bound, then run this again",
        f'requires-python = ">={train.minimum_python}"' if manifest.file.endswith("pyproject.toml") else "",
    )


def _admitted(python: str) -> list[int]:
    """Return the minor versions of Python 3 that a project admits; all current ones when it does not say."""
    sets = version_sets(python) if python else ()
    if not sets:
        return list(range(10, 15))
    return [
        minor
        for minor in _MINORS
        if any(not (one & SpecifierSet(f">=3.{minor},<3.{minor + 1}")).is_unsatisfiable() for one in sets)
    ]


def _holds(marker: str, minor: int) -> bool:
    """Return whether a marker holds under this Python on Linux, where services run; one that cannot be read is taken to."""
    if not marker:
        return True
    environment = {
        "python_version": f"3.{minor}",
        "python_full_version": f"3.{minor}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    try:
        return Marker(marker).evaluate(environment)
    except (InvalidMarker, ValueError, KeyError):
        return True
