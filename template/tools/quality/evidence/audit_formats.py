"""The formats of audits. Each has a function that recognises it by its shape, and one that reads it.

A report is a list of JSON values: some audits write one a line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from quality.documents import Unchecked, Vulnerability

if TYPE_CHECKING:
    from collections.abc import Callable

Values = list[Any]


@dataclass
class Audit:
    """What one report says.

    Attributes:
        findings: Known vulnerabilities.
        skipped: Dependencies that could not be looked up.
        checked: How many were; None when the report does not say.
        problem: Why the report says nothing; empty when it does.
    """

    findings: list[Vulnerability] = field(default_factory=list)
    skipped: list[Unchecked] = field(default_factory=list)
    checked: int | None = None
    problem: str = ""


def _is_pip_audit(values: Values) -> bool:
    return (
        isinstance(values[0], dict)
        and isinstance(values[0].get("dependencies"), list)
        and "fixes" in values[0]
    )


def _pip_audit(values: Values) -> Audit:
    # It exits with 0 and "no known vulnerabilities" when it could look up nothing at all.
    audit = Audit(checked=0)
    for package in values[0]["dependencies"]:
        if "skip_reason" in package:
            reason = str(package["skip_reason"])
            audit.skipped.append(
                Unchecked(package=package["name"], reason=reason, expected="editable" in reason)
            )
            continue
        audit.checked = (audit.checked or 0) + 1
        audit.findings += [
            Vulnerability(
                package=package["name"],
                version=package["version"],
                id=one["id"],
                aliases=sorted(one.get("aliases", [])),
                fixed_in=one.get("fix_versions", []),
            )
            for one in package["vulns"]
        ]
    return audit


def _is_npm(values: Values) -> bool:
    return isinstance(values[0], dict) and "auditReportVersion" in values[0]


def _npm(values: Values) -> Audit:
    report = values[0]
    audit = Audit(checked=report["metadata"]["dependencies"]["total"])
    for name, package in report["vulnerabilities"].items():
        fix = package.get("fixAvailable")
        # A string names another package of the list, through which this one is affected.
        audit.findings += [
            Vulnerability(
                package=name,
                version=one.get("range", ""),
                id=_advisory_id(one.get("url", ""), one["source"]),
                # The version that repairs it is of the direct dependency, which may be another package.
                fixed_in=[f"{fix['name']} {fix['version']}"] if isinstance(fix, dict) else [],
                severity=one.get("severity", ""),
            )
            for one in package["via"]
            if isinstance(one, dict)
        ]
    return audit


def _is_npm_failure(values: Values) -> bool:
    first = values[0]
    return isinstance(first, dict) and ("error" in first or "message" in first) and "metadata" not in first


def _npm_failure(values: Values) -> Audit:
    error = values[0].get("error")
    texts = (
        (error.get("summary"), error.get("message"), error.get("code"))
        if isinstance(error, dict)
        else (error,)
    )
    reason = next((text for text in (*texts, values[0].get("message")) if text), "no reason given")
    return Audit(problem=f"the audit failed ({str(reason).strip()[:200]})")


def _is_advisories(values: Values) -> bool:
    return isinstance(values[0], dict) and {"advisories", "metadata"} <= values[0].keys()


def _advisories(values: Values) -> Audit:
    """Read what pnpm and Yarn 2 and 3 write: npm's first audit format."""
    metadata = values[0]["metadata"]
    checked = metadata.get("totalDependencies", metadata.get("dependencies"))
    audit = Audit(checked=checked if isinstance(checked, int) else None)
    audit.findings = [_advisory(advisory) for advisory in values[0]["advisories"].values()]
    return audit


def _is_yarn_classic(values: Values) -> bool:
    return any(
        isinstance(one, dict) and one.get("type") in {"auditAdvisory", "auditSummary"} for one in values
    )


def _yarn_classic(values: Values) -> Audit:
    audit = Audit(problem="the audit ended without a summary")
    found: dict[str, Vulnerability] = {}
    for line in values:
        if line["type"] == "auditAdvisory":
            advisory = _advisory(line["data"]["advisory"])
            found[f"{advisory.package} {advisory.id}"] = advisory  # one line for each way to the package
        elif line["type"] == "auditSummary":
            audit.problem, audit.checked = "", line["data"]["totalDependencies"]
    audit.findings = list(found.values())
    return audit


def _is_yarn(values: Values) -> bool:
    lines = [one for one in values if isinstance(one, dict)]
    # An empty object alone says nothing: it may be any tool's that failed.
    return (
        len(lines) == len(values)
        and all("children" in one or one.get("type") in {"info", "warning", "error"} for one in lines if one)
        and any(lines)
    )


def _yarn(values: Values) -> Audit:
    """Read what Yarn 4 writes: a line for each advisory, or one that says that there is none."""
    audit = Audit()
    for line in values:
        if line.get("type") == "error":
            audit.problem = f"the audit failed ({str(line.get('data', '')).strip()[:200]})"
        elif "children" in line:
            of = line["children"]
            audit.findings.append(
                Vulnerability(
                    package=line["value"],
                    version=", ".join(of.get("Tree Versions", [])),
                    id=_advisory_id(of.get("URL") or "", of["ID"]),
                    severity=of.get("Severity", ""),
                )
            )
    return audit


def _is_osv(values: Values) -> bool:
    return isinstance(values[0], dict) and isinstance(values[0].get("results"), list)


def _osv(values: Values) -> Audit:
    """Read what OSV-Scanner writes; identifiers of one group are one vulnerability."""
    audit = Audit()
    for package in (package for source in values[0]["results"] for package in source["packages"]):
        of = package["package"]
        details = {one["id"]: one for one in package.get("vulnerabilities", [])}
        for group in package.get("groups") or [{"ids": [name]} for name in details]:
            names = [*group["ids"], *group.get("aliases", [])]
            fixed = {
                event["fixed"]
                for name in group["ids"]
                for affected in details.get(name, {}).get("affected", [])
                if affected.get("package", {}).get("name") == of["name"]
                for span in affected.get("ranges", [])
                if span.get("type") != "GIT"
                for event in span.get("events", [])
                if "fixed" in event
            }
            audit.findings.append(
                Vulnerability(
                    package=of["name"],
                    version=of.get("version", ""),
                    id=names[0],
                    aliases=sorted(set(names[1:])),
                    fixed_in=sorted(fixed),
                    severity=_severity(details.get(names[0], {}), group),
                )
            )
    return audit


def _is_dependency_check(values: Values) -> bool:
    return isinstance(values[0], dict) and {"reportSchema", "dependencies"} <= values[0].keys()


def _dependency_check(values: Values) -> Audit:
    """Read what OWASP Dependency-Check writes."""
    audit = Audit(checked=len(values[0]["dependencies"]))
    for dependency in values[0]["dependencies"]:
        package = next((one["id"] for one in dependency.get("packages", [])), dependency["fileName"])
        # A package URL, such as that of group:name in Maven: "pkg:maven/group/name@version".
        name, _, version = package.removeprefix("pkg:").partition("/")[2].rpartition("@")
        audit.findings += [
            Vulnerability(
                package=name.replace("/", ":") or dependency["fileName"],
                version=version if name else "",
                id=one["name"],
                severity=str(one.get("severity", "")).lower(),
            )
            for one in dependency.get("vulnerabilities", [])
        ]
    exceptions = values[0].get("scanInfo", {}).get("analysisExceptions") or []
    if exceptions:
        audit.problem = "the audit could not analyse everything"
    return audit


def _advisory(advisory: dict[str, Any]) -> Vulnerability:
    versions = [one["version"] for one in advisory.get("findings", []) if one.get("version")]
    name = advisory.get("github_advisory_id") or _advisory_id(advisory.get("url", ""), advisory["id"])
    patched = advisory.get("patched_versions", "")
    return Vulnerability(
        package=advisory["module_name"],
        version=", ".join(sorted(set(versions))),
        id=name,
        aliases=sorted(advisory.get("cves") or []),
        fixed_in=[patched] if patched and patched != "<0.0.0" else [],
        severity=advisory.get("severity", ""),
    )


def _advisory_id(url: str, number: object) -> str:
    """Return the GitHub advisory that a URL ends with, else npm's own number."""
    last = url.rstrip("/").rpartition("/")[2]
    return last if last.startswith("GHSA-") else str(number)


def _severity(detail: dict[str, Any], group: dict[str, Any]) -> str:
    named = detail.get("database_specific", {}).get("severity")
    return str(named).lower() if named else str(group.get("max_severity", ""))


# In this order: an empty object or list must not be taken for the wrong one.
FORMATS: list[tuple[str, Callable[[Values], bool], Callable[[Values], Audit]]] = [
    ("pip-audit", _is_pip_audit, _pip_audit),
    ("npm audit", _is_npm, _npm),
    ("pnpm or Yarn 2 audit", _is_advisories, _advisories),
    ("OSV-Scanner", _is_osv, _osv),
    ("OWASP Dependency-Check", _is_dependency_check, _dependency_check),
    ("Yarn 1 audit", _is_yarn_classic, _yarn_classic),
    ("Yarn 4 audit", _is_yarn, _yarn),
    ("npm audit", _is_npm_failure, _npm_failure),
]
