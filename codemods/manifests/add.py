"""Add run-time dependencies to the file that a project keeps them in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.facts import python_facts
from codemods.manifests import choose, locks
from codemods.manifests.conflicts import Setting, judge
from codemods.manifests.formats import format_of
from codemods.manifests.model import CannotEditError, Format, Requested, parse_requested
from codemods.manifests.requirements import is_hashed
from codemods.plan import DEPENDENCY, Plan, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.analysis.model import Analysis, ManifestFile

_LARGEST = 2_000_000


@dataclass
class DependencyResult:
    """What became of the requirements.

    Attributes:
        added: Requirements that the manifest gains, as they were given.
        present: Declarations that were there already, as the user wrote them.
        conflicts: What was left alone, why, and what the user can do.
        excluded: Requirements that do not go together with what the project declares, as they were given.
        stale_locks: Lock files that no longer fit, relative to the project; empty when nothing was added.
        manifest: The file that run-time dependencies go to; empty when there is none.
    """

    added: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    conflicts: list[Refusal] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    stale_locks: list[str] = field(default_factory=list)
    manifest: str = ""


def add_dependencies(
    plan: Plan, analysis: Analysis, requirements: Sequence[str], *, feature: str
) -> DependencyResult:
    """Plan the packages that a feature needs at run time.

    A package that is declared already stays as it is, whatever its version. Where that version excludes what is
    needed, the conflict is reported, in the result and in the plan, and nothing that hangs on it is added.

    Args:
        plan: Where the edit is recorded; nothing is written.
        analysis: What is known about the project: its manifests and the Python versions it admits.
        requirements: PEP 508 lines.
        feature: The feature that needs them.

    Returns:
        What is added, what was there, what could not be done.

    Raises:
        UsageError: A line is no PEP 508 requirement.
    """
    requested = parse_requested(requirements)
    result = DependencyResult()
    if not requested:
        return result
    chosen = choose.main_manifest(analysis.manifests, plan.read)
    chosen = chosen or choose.main_manifest(choose.detect(plan.root), plan.read)
    if chosen is None:
        command = "pip install " + " ".join(f"'{one.text}'" for one in requested)
        _refuse(
            plan,
            result,
            Refusal("", "the project has no file for its run-time dependencies", command, feature),
        )
        return result
    result.manifest = chosen.file
    form = format_of(chosen.kind)
    source = b""
    wanted: Sequence[Requested] = requested
    try:
        source = _content(plan, chosen.file)
        setting = Setting(
            train=python_facts().train,
            python=analysis.python_requires,
            universal=bool({chosen.kind, analysis.package_manager} & locks.UNIVERSAL),
            write=lambda one: form.entry(source, one),
        )
        verdict = judge(requested, form.declared(source, chosen.file, plan.read), setting)
        wanted, result.present = verdict.missing, verdict.present
        result.excluded = [one.text for one in verdict.excluded]
        for conflict in verdict.conflicts:
            _refuse(plan, result, Refusal(chosen.file, conflict.reason, conflict.snippet, feature))
        if wanted:
            after = _inserted(plan, chosen, form, source, wanted)
            plan.write(chosen.file, after, feature=feature, kind=DEPENDENCY, module=chosen.kind)
            result.added = [one.text for one in wanted]
            result.stale_locks = locks.stale_locks(plan.root, chosen.file, chosen.kind)
    except CannotEditError as error:
        snippet = error.command or form.snippet(source, wanted)
        _refuse(plan, result, Refusal(chosen.file, error.reason, snippet, feature))
    return result


def remove_dependencies(source: bytes, kind: str, names: Sequence[str]) -> bytes:
    """Take packages out of a dependency file, for when its old bytes cannot be put back.

    Args:
        source: The file.
        kind: Its kind, as in `ManifestFile.kind`.
        names: The packages, in any spelling.

    Returns:
        The file without them; unchanged when it cannot be read.
    """
    try:
        return format_of(kind).remove(source, names)
    except CannotEditError:
        return source


def _inserted(
    plan: Plan, chosen: ManifestFile, form: Format, source: bytes, missing: Sequence[Requested]
) -> bytes:
    """Return the manifest with the requirements, made sure of by reading it again."""
    if chosen.kind == "requirements" and is_hashed(source, chosen.file, plan.read):
        raise CannotEditError(
            "it pins by hash, and pip refuses a line without a hash next to lines with one",
            command=_with_hashes(chosen.file, missing),
        )
    after = form.insert(source, missing)
    names = Counter(one.name for one in form.declared(after, chosen.file, plan.read) if one.role == "runtime")
    names.subtract(one.name for one in form.declared(source, chosen.file, plan.read) if one.role == "runtime")
    if +names != Counter(one.key for one in missing):
        raise CannotEditError("its dependencies are written in a way that this tool does not edit")
    return after


def _content(plan: Plan, path: str) -> bytes:
    file = plan.root / path
    if not file.resolve().is_relative_to(plan.root.resolve()):
        raise CannotEditError("it is a link that leads out of the project")
    source = plan.read(path)
    if source is None:
        raise CannotEditError("it is not there")
    if len(source) > _LARGEST:
        raise CannotEditError(f"it has {len(source)} bytes; no dependency file is that large")
    return source


def _with_hashes(path: str, missing: Sequence[Requested]) -> str:
    lines = " ".join(f"'{one.text}'" for one in missing)
    return (
        f"printf '%s\\n' {lines} > observability.in\n"
        f"uv pip compile --generate-hashes {path} observability.in --output-file {path}"
    )


def _refuse(plan: Plan, result: DependencyResult, refusal: Refusal) -> None:
    result.conflicts.append(refusal)
    plan.refuse(refusal)
