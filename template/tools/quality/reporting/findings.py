"""What has a place in the source: findings of linters, functions above the limit, gates that are not passed."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from quality.reporting.text import label, shorten, visible
from quality.settings import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quality.reporting.model import Report

Level = Literal["error", "warning", "note"]
_LONGEST = 1000


@dataclass(frozen=True)
class Finding:
    """A finding.

    Attributes:
        rule: Which rule it breaks.
        title: What the rule is about.
        advice: What to do about it.
        level: How bad it is: only what stops the pipeline is an error.
        message: What is wrong.
        file: Relative to the project, with forward slashes.
        line: From 1.
        fingerprint: The same for the same finding in a later commit, wherever its line has moved to.
    """

    rule: str
    title: str
    advice: str
    level: Level
    message: str
    file: str
    line: int
    fingerprint: str


def findings(report: Report) -> list[Finding]:
    """Return the findings: the gates' first, then functions above the limit, then those of linters by file."""
    seen: Counter[str] = Counter()
    found = []
    for one in (*_gates(report), *_complex_functions(report), *_smells(report)):
        # A rule may be broken twice in the same words; the order tells the two apart, lines would move.
        seen[one.fingerprint] += 1
        found.append(replace(one, fingerprint=_hash(f"{one.fingerprint}{seen[one.fingerprint]}")))
    return found


def _gates(report: Report) -> Iterator[Finding]:
    levels: dict[str, Level] = {"fail": "error", "missing": "error", "warn": "warning"}
    for gate in report.gates:
        if gate.status in levels:
            name = label(gate.name)
            yield Finding(
                rule=f"gate-{gate.name.replace('_', '-')}",
                title=f"Gate: {name}",
                advice="The report says what the gate measured; its bound stands in .quality-gates.yaml.",
                level=levels[gate.status],
                message=_message(f"{name.capitalize()}: {gate.reason} ({gate.bound})"),
                file=SETTINGS_FILE,
                line=report.gate_lines.get(gate.name, 1),
                fingerprint=_hash(gate.name),
            )


def _complex_functions(report: Report) -> Iterator[Finding]:
    complexity = report.snapshot.code_quality.complexity
    for one in complexity.worst if complexity else ():
        if complexity and one.complexity > complexity.limit:
            yield Finding(
                rule="complexity",
                title="Function that is hard to follow",
                advice="Part it along its branches; the limit, score.complexity_limit, stands in .quality-gates.yaml.",
                level="warning",
                message=_message(
                    f"{one.name} has a cyclomatic complexity of {one.complexity}; the limit is {complexity.limit}."
                ),
                file=one.file,
                line=max(one.line, 1),
                fingerprint=_hash(f"{one.file}\n{one.name}"),
            )


def _smells(report: Report) -> Iterator[Finding]:
    for one in sorted(report.snapshot.code_quality.smells, key=lambda smell: (smell.file, smell.line)):
        yield Finding(
            rule=shorten(visible(one.rule)) or "finding",
            title="Finding of a linter",
            advice="The linter's documentation describes the rule.",
            level="note",
            message=_message(one.message),
            file=one.file,
            line=max(one.line, 1),
            fingerprint=_hash(f"{one.file}\n{one.rule}\n{one.message}"),
        )


def _message(text: str) -> str:
    return shorten(visible(text), _LONGEST) or "no message"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
