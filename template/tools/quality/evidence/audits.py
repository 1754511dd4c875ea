"""Reads what audits of dependencies say. An audit that could not ask anybody has no findings, and is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quality.documents import Dependencies, Evidence
from quality.evidence.audit_formats import FORMATS, Audit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quality.documents import Vulnerability
    from quality.evidence.files import EvidenceFile


def read_audits(
    files: Sequence[EvidenceFile], dependencies: Dependencies, own_names: Sequence[str] = ()
) -> tuple[list[Evidence], list[str]]:
    """Add the findings of all files, each once.

    Args:
        files: Reports of audits.
        dependencies: Gets the findings; their number stays None when an audit did not answer.
        own_names: Packages that the project itself is; no audit knows them.

    Returns:
        What was read, and warnings.

    Raises:
        QualityError: A file is no such report.
    """
    evidence, warnings, answered = [], [], bool(files)
    for file in files:
        form, audit = _read(file)
        evidence.append(Evidence(kind="dependencies", file=file.name, format=form))
        for finding in audit.findings:
            _merge(finding, dependencies.findings)
        for package in audit.skipped:
            package.expected = package.expected or package.package in own_names
            dependencies.skipped.append(package)
        if audit.checked is not None:
            dependencies.checked = (dependencies.checked or 0) + audit.checked
        problem = audit.problem or _nothing_checked(audit)
        if problem:
            answered = False
            warnings.append(f"{file.name}: {problem}; vulnerabilities are not known")
        elif audit.checked == 0 and not audit.skipped:
            warnings.append(f"{file.name}: the audit was given no dependency")
    if answered:
        dependencies.vulnerabilities = len(dependencies.findings)
    return evidence, warnings


def _read(file: EvidenceFile) -> tuple[str, Audit]:
    values: list[Any] = file.json_lines()
    for name, recognises, read in FORMATS:
        try:
            if recognises(values):
                return name, read(values)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise file.problem(f"is not a report of {name} ({type(error).__name__}: {error})") from None
    raise file.problem(
        "is not an audit's report of a known format (pip-audit, npm, pnpm, Yarn, OSV-Scanner, Dependency-Check)"
    )


def _nothing_checked(audit: Audit) -> str:
    if audit.checked == 0 and any(not package.expected for package in audit.skipped):
        return f"none of {len(audit.skipped)} dependencies could be looked up ({audit.skipped[0].reason})"
    return ""


def _merge(finding: Vulnerability, known: list[Vulnerability]) -> None:
    """Add a finding, or what it knows more to the same finding of another audit."""
    names = {finding.id, *finding.aliases}
    for other in known:
        if other.package.lower() == finding.package.lower() and names & {other.id, *other.aliases}:
            other.aliases = sorted(({*other.aliases} | names) - {other.id})
            other.fixed_in = other.fixed_in or finding.fixed_in
            other.severity = other.severity or finding.severity
            return
    known.append(finding)
