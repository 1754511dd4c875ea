"""The short form: what stands in a job's summary and in the comment on a pull request.

Names come from anywhere (a test's parameters, a branch), so they stand in code spans or are escaped: they make no
markup, link to nothing and call nobody. GitHub: https://github.github.com/gfm/, GitLab's references and quick
actions: https://docs.gitlab.com/user/markdown/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quality.reporting.model import EVIDENCE_NAMES, Report, changes, failed_tests, metric_name
from quality.reporting.text import (
    gate_value,
    label,
    listed,
    number,
    plural,
    sentence,
    shorten,
    signed,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


# By this line, a pipeline finds its own comment again.
MARKER = "<!-- release-quality -->"
# GitHub refuses comments above 65,536 characters.
LIMIT = 60_000
_MOST = 10
_MARKS = {
    "pass": "✅",
    "warn": "⚠️",
    "fail": "❌",
    "unknown": "❔",
    "missing": "❔",
    "neutral": "▫️",
    "waived": "⚠️",
}
_WORDS = {
    "pass": "passed",
    "warn": "warning",
    "fail": "failed",
    "neutral": "nothing to compare",
    "missing": "no evidence",
}
# What makes markup, and what makes references to people, issues and the like when a name follows.
_MARKUP = re.compile(r"([\\`*_\[\]<>|~#&$@])")
_SIGILS = re.compile(r"""([@#!~&$%])(?=[\w"'])""")
_WEB = re.compile(r"(www)(?=\.)|(:)(?=//)", re.IGNORECASE)
_JOINER = "\u2060"


def render(report: Report) -> str:
    """Return the summary, shorter than what a comment may hold.

    Args:
        report: What is known.
    """
    text, left_out = "", False
    for block in _blocks(report):
        if len(text) + len(block) > LIMIT:
            left_out = True
            continue
        text += f"{block}\n\n"
    return text + ("More is in the whole report.\n" if left_out else "")


def code(text: str, length: int = 120) -> str:
    """Return a name as a code span that ends where it should, whatever stands in it."""
    shown = shorten(visible(text), length)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    space = " " if not shown.strip(" ") or shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{space}{shown}{space}{fence}"


def prose(text: str, length: int = 400) -> str:
    """Return a sentence that may hold names, without a meaning as Markdown."""
    shown = shorten(visible(text), length)
    apart = _WEB.sub(rf"\g<0>{_JOINER}", _SIGILS.sub(rf"\1{_JOINER}", shown))
    return _MARKUP.sub(r"\\\1", apart)


def _blocks(report: Report) -> Iterator[str]:
    yield f"{MARKER}\n## {_MARKS[report.verdict.status]} {report.headline}"
    yield _about(report)
    yield _gates(report)
    yield from _section("", list(_reasons(report)))
    moved = [one for one in changes(report) if one.direction != "same"]
    if moved:
        rows = [
            f"| {one.name} | {one.before} | {one.after} | {one.difference}, {one.direction} |"
            for one in moved
        ]
        yield "\n".join(["| Changed | Before | Now | Difference |", "| --- | ---: | ---: | --- |", *rows])
    yield from _section("### Missing evidence", list(_missing(report)))
    yield from _folded("Worse than before", _worse(report))
    failures = report.snapshot.tests.failures
    yield from _folded("Failed tests", [code(one.id) for one in failures], failed_tests(report.snapshot))
    findings = report.snapshot.dependencies.findings
    vulnerabilities = [
        f"{code(one.package)} {prose(one.version, 40)}: {code(one.id)}, "
        + (
            f"fixed in {listed([code(version, 40) for version in one.fixed_in[:3]])}"
            if one.fixed_in
            else "no fix yet"
        )
        for one in findings[:_MOST]
    ]
    yield from _folded("Vulnerabilities", vulnerabilities, len(findings))
    yield from _folded("Functions that are hardest to follow", _complex(report))


def _about(report: Report) -> str:
    snapshot = report.snapshot
    score = snapshot.quality_score
    parts = [
        "No quality score" if score is None else f"Quality score **{number(score)}** of 100",
        code(snapshot.release),
    ]
    if snapshot.commit:
        parts.append(code(snapshot.commit[:12]))
    parts.append(
        "first run, nothing to compare with yet"
        if report.first_run
        else f"against {code(report.baseline_name)}"
    )
    if snapshot.changes:
        parts.append(
            f"{plural(snapshot.changes.lines, 'line')} in {plural(snapshot.changes.files, 'file')} changed"
        )
    return " · ".join(parts)


def _gates(report: Report) -> str:
    rows = [
        f"| {label(gate.name).capitalize()} | {_MARKS[gate.status]} {_WORDS.get(gate.status, gate.status)} "
        f"| {gate_value(gate)} | {prose(gate.bound)}{'' if gate.blocking else ' (warns only)'} |"
        for gate in report.gates
    ]
    return "\n".join(["| Gate | Result | Measured | Bound |", "| --- | --- | ---: | --- |", *rows])


def _reasons(report: Report) -> Iterator[str]:
    for gate in report.gates:
        if gate.status != "pass":
            yield f"**{label(gate.name).capitalize()}**: {prose(gate.reason)}"


def _missing(report: Report) -> Iterator[str]:
    for kind in report.snapshot.missing[:_MOST]:
        yield f"**{EVIDENCE_NAMES[kind] if kind in EVIDENCE_NAMES else prose(kind)}**: no file was found."
    for warning in report.snapshot.warnings[:_MOST]:
        yield prose(sentence(warning))


def _worse(report: Report) -> list[str]:
    compared = report.regressions
    if compared is None:
        return []
    slower = [
        f"{code(one.name)} is {number(one.change_percent)} % slower"
        + (
            f" ({signed(one.interval_percent[0])} to {signed(one.interval_percent[1])})"
            if one.interval_percent
            else ""
        )
        for one in compared.performance_regressions
    ]
    return slower + [
        f"{prose(metric_name(one.metric))}: {prose(one.detail or f'{number(one.base)} before, {number(one.head)} now')}"
        for one in compared.quality_regressions
    ]


def _complex(report: Report) -> list[str]:
    complexity = report.snapshot.code_quality.complexity
    if complexity is None:
        return []
    return [
        f"{code(one.name)} in {code(f'{one.file}:{one.line}')}: {one.complexity}, the limit is {complexity.limit}"
        for one in complexity.worst
        if one.complexity > complexity.limit
    ]


def _section(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        bullets = "\n".join(f"- {line}" for line in lines)
        yield f"{heading}\n\n{bullets}" if heading else bullets


def _folded(title: str, lines: list[str], count: int | None = None) -> Iterator[str]:
    if lines:
        total = len(lines) if count is None else count
        more = [f"and {number(total - _MOST)} more"] if total > _MOST else []
        bullets = "\n".join(f"- {line}" for line in [*lines[:_MOST], *more])
        yield f"<details><summary>{title}: {number(total)}</summary>\n\n{bullets}\n\n</details>"
