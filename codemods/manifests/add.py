"""Add run-time dependencies to the file that a project keeps them in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from codemods.analysis.model import Analysis
from codemods.facts import python_facts
from codemods.manifests import choose, locks
from codemods.manifests.conflicts import Verdict, judge
from codemods.manifests.formats import format_of
from codemods.manifests.model import CannotEditError, Format, Requested, parse_requested
from codemods.manifests.requirements import is_hashed
from codemods.plan import DEPENDENCY, Plan, Refusal

_LARGEST = 2_000_000


@dataclass
class DependencyResult:
    """What became of the requirements.

    Attributes:
        added: Requirements that the manifest gains, as they were given.
        present: Declarations that were there already, as the user wrote them.
        conflicts: What was left alone, why, and what the user can do.
        stale_locks: Lock files that no longer fit, relative to the project; empty when nothing was added.
        manifest: The file that run-time dependencies go to; empty when there is none.
    """

    added: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    conflicts: list[Refusal] = field(default_factory=list)
    stale_locks: list[str] = field(default_factory=list)
    manifest: str = ""


def add_dependencies(
    plan: Plan, analysis: Analysis, requirements: Sequence[str], *, feature: str
) -> DependencyResult:
    """Plan the packages that a feature needs at run time.

    A package that is declared already stays as it is, whatever its version; when that version excludes what is needed, the
    conflict is reported, in the result and in the plan, and nothing that depends on it is added.

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
    manifests = analysis.manifests or choose.detect(plan.root)
    chosen = choose.main_manifest(list(manifests), plan.read)
    if chosen is None:
        command = "pip install " + " ".join(f'"{one.text}"' for one in requested)
        _refuse(
            plan,
            result,
            Refusal("", "the project has no file for its run-time dependencies", command, feature),
        )
        return result
    result.manifest = chosen.file
    form = format_of(chosen.kind)
    try:
        source = _content(plan, chosen.file)
        verdict = judge(
            requested,
            form.declared(source, chosen.file, plan.read),
            manifest=chosen,
            python=analysis.python_requires,
            train=python_facts().train,
        )
        result.present = verdict.present
        for conflict in verdict.conflicts:
            _refuse(plan, result, Refusal(chosen.file, conflict.reason, conflict.snippet, feature))
        if chosen.kind == "requirements" and verdict.missing and is_hashed(source, chosen.file, plan.read):
            raise CannotEditError(
                "it pins by hash, and pip refuses a line without a hash next to lines with one",
                command=_with_hashes(chosen.file, verdict.missing),
            )
        _add(plan, result, form, source, verdict, feature)
    except CannotEditError as error:
        missing = requested if not result.present and not result.conflicts else verdict.missing
        snippet = error.command or form.snippet(missing)
        _refuse(plan, result, Refusal(chosen.file, error.reason, snippet, feature))
    if result.added:
        result.stale_locks = locks.stale_locks(plan.root, chosen.file, chosen.kind)
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


def _add(
    plan: Plan, result: DependencyResult, form: Format, source: bytes, verdict: Verdict, feature: str
) -> None:
    if not verdict.missing:
        return
    after = form.insert(source, verdict.missing)
    names = Counter(
        one.name for one in form.declared(after, result.manifest, plan.read) if one.role == "runtime"
    )
    names.subtract(
        one.name for one in form.declared(source, result.manifest, plan.read) if one.role == "runtime"
    )
    if +names != Counter(one.key for one in verdict.missing):
        raise CannotEditError("its dependencies are written in a way that this tool does not edit")
    plan.write(result.manifest, after, feature=feature, kind=DEPENDENCY)
    result.added = [one.text for one in verdict.missing]


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
