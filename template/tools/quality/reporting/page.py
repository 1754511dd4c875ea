# mypy: disable-error-code="import-not-found,import-untyped,no-any-return"
"""The page: one file that opens without a network, on a phone and in the dark, and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from quality.reporting import text
from quality.reporting.intervals import intervals
from quality.reporting.model import EVIDENCE_NAMES, Report, changes, failed_tests, metric_name
from quality.reporting.trends import benchmark_trends, quality_trends

_FOLDER = Path(__file__).parent
_SECTIONS = (
    ("gates", "Gates"),
    ("changes", "Changes"),
    ("performance", "Performance"),
    ("trends", "Trends"),
    ("tests", "Tests"),
    ("code", "Code"),
    ("dependencies", "Dependencies"),
    ("score", "Score"),
    ("environment", "Environment"),
)


@dataclass(frozen=True)
class Limits:
    """How much of a long list the page shows: enough to act on, few enough to load on a phone."""

    items: int = 12
    rows: int = 60
    failures: int = 200
    lines: int = 12


def render(report: Report) -> str:
    """Return the page.

    Args:
        report: What is known.
    """
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    snapshot, regressions, settings = report.snapshot, report.regressions, report.settings
    curves = quality_trends([*(entry.snapshot for entry in report.history), snapshot], settings)
    curves += benchmark_trends(report.history, report.entry)
    absent = {"performance": regressions is None, "trends": not curves}
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            # The browser applies this style and no other, whatever text gets into the page.
            style=Markup(style),  # noqa: S704 - our own file
            style_hash=f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}",
            sections=[section for section in _SECTIONS if not absent.get(section[0])],
            baseline_name=report.baseline_name,
            evidence_names=EVIDENCE_NAMES,
            patterns=settings.evidence.model_dump(),
            changes=changes(report),
            intervals=intervals(regressions) if regressions else None,
            trends=curves,
            trend_caption=f"{text.plural(len(report.history), 'earlier snapshot')} and this one, oldest first.",
            failed=failed_tests(snapshot),
            formula=_formula(report),
            heaviest=max((part.weight for part in snapshot.score.parts.values()), default=1),
            minimum_evidence=settings.score.minimum_evidence,
            limits=Limits(),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (
        text.date,
        text.gate_value,
        text.label,
        text.number,
        text.percent,
        text.plural,
        text.seconds,
        text.sentence,
        text.shorten,
        text.signed,
    ):
        environment.filters[function.__name__] = function
    environment.filters["block"] = _block
    environment.filters["metric"] = metric_name
    environment.globals["more"] = _more
    return environment


def _visible(value: Any) -> Any:
    """Make what would act unseen visible in every text that the templates put in."""
    return text.visible(value) if type(value) is str else value


def _block(message: str, lines: int, length: int) -> Markup:
    """Keep the lines of a message, which would otherwise be shown as one."""
    shown = (text.shorten(text.visible(line), length) for line in message.splitlines()[:lines])
    return Markup("\n").join(shown)


def _more(count: int, shown: int, one: str, many: str = "") -> Markup:
    if count <= shown:
        return Markup()
    return Markup('<p class="soft">{} in all; the first {} are shown.</p>').format(
        text.plural(count, one, many), text.number(shown)
    )


def _formula(report: Report) -> str:
    parts = report.snapshot.score.parts.values()
    if not parts:
        return ""
    terms = " + ".join(f"{text.number(part.weight)} × {text.number(part.points)}" for part in parts)
    weights = sum(part.weight for part in parts)
    total = sum(part.weight * part.points for part in parts) / weights
    return f"({terms}) ÷ {text.number(weights)} = {text.number(total)}"
