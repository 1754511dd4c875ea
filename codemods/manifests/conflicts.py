"""Decide, for each requirement, whether it is there already, can be added, or clashes with what the user declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import SpecifierSet

from codemods.manifests import train as trains
from codemods.manifests.model import Declared, Requested, canonical_set, compatible, parse_requested
from codemods.manifests.poetry import version_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codemods.facts import Train

_MINORS = range(6, 20)
_CURRENT = range(10, 15)


@dataclass(frozen=True)
class Setting:
    """What a decision rests on besides the declarations.

    Attributes:
        train: The OpenTelemetry release that the requirements belong to.
        python: The Python versions that the project admits, as it writes them; empty for not said.
        universal: Whether one lock file serves every Python that the project admits.
        write: Returns a requirement as a line of the manifest, for what the user is to paste.
    """

    train: Train
    python: str
    universal: bool
    write: Callable[[Requested], str]


@dataclass(frozen=True)
class Conflict:
    """Why something is not added, and what the user can do."""

    reason: str
    snippet: str = ""


@dataclass
class Verdict:
    """What is to be added, what is there (as the user wrote it), what clashes and is therefore not added."""

    missing: list[Requested] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    excluded: list[Requested] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def judge(requested: Sequence[Requested], declared: Sequence[Declared], setting: Setting) -> Verdict:
    """Compare what is needed with what is declared.

    Args:
        requested: What is needed.
        declared: What the manifest, its includes, extras, groups and constraints say.
        setting: What else counts.

    Returns:
        Each requirement of ``excluded`` is explained by one of the conflicts.
    """
    verdict = Verdict()
    pythons = _admitted(setting.python)
    active = [one for one in declared if any(_holds(one.marker, minor) for minor in pythons)]
    needs_train = any(trains.belongs(one.key) for one in requested)
    strangers = trains.from_another(active, setting.train) if needs_train else []
    for one in requested:
        same = [other for other in active if other.name == one.key]
        installed = [other for other in declared if other.name == one.key and other.role == "runtime"]
        held = bool(strangers) and trains.belongs(one.key)
        if held and any(other in strangers for other in same):
            verdict.excluded.append(one)
            continue  # told below, for all of the release at once
        clash = None if held else _clash(one, same, installed, pythons)
        if clash:
            verdict.excluded.append(one)
            verdict.conflicts.append(Conflict(clash, setting.write(one)))
        elif installed:
            verdict.present.append(installed[0].text)
        elif held:
            verdict.excluded.append(one)
        else:
            verdict.missing.append(one)
    if strangers:
        verdict.conflicts.append(_other_train(strangers, requested, active, setting))
        return verdict
    clashes = [_old_python(verdict.missing, pythons, setting)]
    for pin, package, needed in trains.blocked([one.key for one in verdict.missing], active):
        clashes.append(
            f"{pin.text} in {pin.file} excludes {needed}, which {package} needs, so nothing of"
            " OpenTelemetry was added; change that pin, then run this again"
        )
    if any(clashes):
        verdict.excluded += [one for one in verdict.missing if trains.belongs(one.key)]
        verdict.missing = [one for one in verdict.missing if not trains.belongs(one.key)]
        verdict.conflicts += [Conflict(clash) for clash in clashes if clash]
    return verdict


def _clash(
    one: Requested, same: Sequence[Declared], installed: Sequence[Declared], pythons: Sequence[int]
) -> str | None:
    needed = one.requirement.specifier
    for other in same:
        if not compatible(other.allowed, needed):
            return (
                f"{other.text} in {other.file} excludes {one.text}, which the generated code needs;"
                f" change it to a version that satisfies {one.versions}"
            )
    if not installed:
        return None
    uncovered = [minor for minor in pythons if not any(_holds(other.marker, minor) for other in installed)]
    if uncovered:
        return (
            f"{installed[0].text} in {installed[0].file} is not installed everywhere (Python 3.{uncovered[0]} on"
            " Linux goes without); take its marker off, or add a line for the rest"
        )
    lacking = canonical_set(sorted(one.requirement.extras)) - {e for other in installed for e in other.extras}
    if lacking and all(other.allowed for other in installed):
        extras = ",".join(sorted(lacking | installed[0].extras))
        return (
            f"{installed[0].text} in {installed[0].file} lacks the extra {', '.join(sorted(lacking))}, which the"
            f" generated code needs; write {one.name}[{extras}] there"
        )
    return None


def _other_train(
    strangers: Sequence[Declared],
    requested: Sequence[Requested],
    active: Sequence[Declared],
    setting: Setting,
) -> Conflict:
    def lines(names: Sequence[str], core: str, contrib: str) -> list[str]:
        pins = [f"{name}=={core if trains.is_core(name) else contrib}" for name in dict.fromkeys(names)]
        return [setting.write(one) for one in parse_requested(pins)]

    train = setting.train
    ours = f"{train.core}/{train.contrib}"
    core, contrib = trains.pinned_train(strangers)
    there = {one.name for one in active if one.role == "runtime"}
    needed = [one.key for one in requested if trains.belongs(one.key) and one.key not in there]
    snippet = [f"# move your own to {ours}, then run this again:"]
    snippet += lines([one.name for one in strangers], train.core, train.contrib)
    if core and needed:
        snippet += [f"# or stay on {core}/{contrib}, and add:", *lines(needed, core, contrib)]
    listed = ", ".join(dict.fromkeys(f"{one.text} ({one.file})" for one in strangers))
    stay = f", or stay on {core}/{contrib} and add the packages of that release" if core else ""
    return Conflict(
        f"{listed}: another OpenTelemetry release than {ours}, which the generated code is made for; packages of"
        f" different releases do not install together, so none was added. Move yours to {ours}{stay}",
        "\n".join(snippet),
    )


def _old_python(missing: Sequence[Requested], pythons: Sequence[int], setting: Setting) -> str | None:
    train = setting.train
    minimum = int(train.minimum_python.split(".")[1])
    if not setting.python or not any(trains.belongs(one.key) for one in missing):
        return None
    too_old = [minor for minor in pythons if minor < minimum]
    if not too_old or (len(too_old) < len(pythons) and not setting.universal):
        return None
    lock = ", and the lock file, which serves every Python that the project admits, would have no solution"
    return (
        f"the project admits Python 3.{too_old[0]} ({setting.python}), OpenTelemetry {train.core} needs"
        f" {train.minimum_python} or newer{lock if setting.universal else ''};"
        f" raise the project's bound to >={train.minimum_python}, then run this again"
    )


def _admitted(python: str) -> list[int]:
    """Return the minor versions of Python 3 that a project admits; all current ones when it does not say."""
    sets = version_sets(python) if python else ()
    if not sets:
        return list(_CURRENT)
    return [
        minor
        for minor in _MINORS
        if any(not (one & SpecifierSet(f">=3.{minor},<3.{minor + 1}")).is_unsatisfiable() for one in sets)
    ]


def _holds(marker: str, minor: int) -> bool:
    """Return whether a marker holds under this Python on Linux, where services run; an unreadable one is taken to."""
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
