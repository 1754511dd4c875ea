"""Reads findings of linters: SARIF 2.1.0, and the JSON of Ruff and ESLint."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from quality.documents import CodeQuality, Evidence, Smell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quality.evidence.files import EvidenceFile

# Rule, file, line and column: two reports of the same finding count once.
Finding = tuple[str, str, int, int]
_MOST_KEPT = 200
_LONGEST_MESSAGE = 500


def read_smells(files: Sequence[EvidenceFile], code: CodeQuality) -> tuple[list[Evidence], list[str]]:
    """Add the findings of all files.

    Args:
        files: Reports of linters.
        code: Gets the findings; their number stays None without a report that is whole.

    Returns:
        What was read, and warnings.

    Raises:
        QualityError: A file is no such report.
    """
    found: dict[Finding, str] = {}
    evidence, warnings, whole = [], [], bool(files)
    for file in files:
        try:
            form, findings, problem = _read(file)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise file.problem(f"is not a linter's report ({type(error).__name__}: {error})") from None
        evidence.append(Evidence(kind="smells", file=file.name, format=form))
        found |= findings
        if problem:
            whole = False
            warnings.append(f"{file.name}: {problem}; the number of findings is not known")
    if whole:
        code.smells_count = len(found)
    rules = Counter(rule for rule, *_ in found)
    code.by_rule = dict(sorted(rules.items(), key=lambda item: (-item[1], item[0])))
    code.smells = [
        Smell(rule=rule, message=message, file=path, line=line)
        for (rule, path, line, _), message in sorted(found.items())[:_MOST_KEPT]
    ]
    return evidence, warnings


def _read(file: EvidenceFile) -> tuple[str, dict[Finding, str], str]:
    """Return the format, the findings with their messages, and why they may not be all."""
    data = file.json()
    if isinstance(data, dict) and "runs" in data:
        return "SARIF", _texts(_sarif(data, file)), _unfinished(data)
    if not isinstance(data, list):
        raise file.problem("is not a linter's report of a known format (SARIF, Ruff, ESLint)")
    if data and "messages" in data[0]:
        return "ESLint JSON", _texts(_eslint(data, file)), ""
    # Ruff without findings and ESLint without files are both an empty list.
    return "Ruff JSON", _texts(_ruff(data, file)), ""


def _texts(findings: Iterator[tuple[Finding, str]]) -> dict[Finding, str]:
    return {finding: " ".join(message.split())[:_LONGEST_MESSAGE] for finding, message in findings}


def _sarif(data: dict[str, Any], file: EvidenceFile) -> Iterator[tuple[Finding, str]]:
    for run in data["runs"]:
        for result in run.get("results") or []:
            # OASIS SARIF 2.1.0, 3.27.9 and 3.27.23: other kinds are no problems, suppressed ones are accepted.
            if result.get("kind", "fail") != "fail" or any(map(_accepted, result.get("suppressions") or [])):
                continue
            place = (result.get("locations") or [{}])[0].get("physicalLocation", {})
            region = place.get("region", {})
            path = file.relative(place.get("artifactLocation", {}).get("uri", ""))
            rule = result.get("ruleId") or result.get("rule", {}).get("id") or _rule_at(run, result)
            line, column = region.get("startLine", 0), region.get("startColumn", 0)
            yield (str(rule), path, int(line), int(column)), str(result.get("message", {}).get("text", ""))


def _accepted(suppression: dict[str, Any]) -> bool:
    return bool(suppression.get("status", "accepted") == "accepted")


def _rule_at(run: dict[str, Any], result: dict[str, Any]) -> str:
    rules = run["tool"]["driver"].get("rules") or []
    index = result.get("ruleIndex", -1)
    return str(rules[index]["id"]) if 0 <= index < len(rules) else "unnamed"


def _unfinished(data: dict[str, Any]) -> str:
    if not data["runs"]:
        return "no tool ran"
    invocations = (one for run in data["runs"] for one in run.get("invocations") or [])
    if any(one.get("executionSuccessful") is False for one in invocations):
        return "the tool says that it failed"
    if any("results" not in run or run["results"] is None for run in data["runs"]):
        return "a run has no results"
    return ""


def _ruff(data: list[Any], file: EvidenceFile) -> Iterator[tuple[Finding, str]]:
    for one in data:
        place = one["location"]
        # Ruff has no code for a file that it cannot parse.
        rule = str(one["code"] or "syntax-error")
        yield (rule, file.relative(one["filename"]), int(place["row"]), int(place["column"])), one["message"]


def _eslint(data: list[Any], file: EvidenceFile) -> Iterator[tuple[Finding, str]]:
    for linted in data:
        for one in linted["messages"]:
            line, column = int(one.get("line") or 0), int(one.get("column") or 0)
            rule = str(one.get("ruleId") or "parse-error")
            yield (rule, file.relative(linted["filePath"]), line, column), one["message"]
