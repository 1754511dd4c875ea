"""The page: valid, alone, whole, and harmless whatever the names in it are."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import html5lib
import pytest
from quality.documents import Failure
from quality.reporting import page
from quality.reporting.intervals import intervals
from quality.reporting.trends import benchmark_trends, quality_trends
from quality.settings import Settings
from support import quality_reports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from quality.reporting.model import Report

ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "footer", "div"),
    *("h1", "h2", "h3", "p", "a", "ul", "li", "dl", "dt", "dd", "figure", "figcaption", "details", "summary"),
    *(
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "span",
        "strong",
        "code",
        "pre",
        "bdi",
        "br",
        "time",
    ),
    *("svg", "path", "circle", "rect", "line", "polyline", "text"),
}
EVERY = pytest.mark.parametrize("name", quality_reports.EVERY)


def parsed(text: str) -> Element:
    """Parse as a browser would, but with every error an exception."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(text)
    return root


def elements(root: Element) -> Iterator[tuple[str, Element]]:
    for one in root.iter():
        if isinstance(one.tag, str):
            yield one.tag.rpartition("}")[2], one


def rendered(name: str) -> str:
    report: Report = quality_reports.EVERY[name]()
    return page.render(report)


def words(root: Element) -> str:
    return " ".join(" ".join(root.itertext()).split())


@EVERY
def test_the_page_parses_without_an_error(name: str) -> None:
    assert parsed(rendered(name)).tag == "html"


@pytest.mark.parametrize("bad", ["<p>no doctype</p>", "<!DOCTYPE html><title>x</title><p><table><b>"])
def test_the_parser_refuses_what_is_not_valid(bad: str) -> None:
    with pytest.raises(html5lib.html5parser.ParseError):
        parsed(bad)


@EVERY
def test_the_page_runs_nothing_and_loads_nothing(name: str) -> None:
    root = parsed(rendered(name))
    assert {tag for tag, _ in elements(root)} <= ELEMENTS
    for _, one in elements(root):
        attributes = {key.lower(): value for key, value in one.attrib.items()}
        assert not {key for key in attributes if key.startswith("on") or key in ("src", "style", "srcdoc")}
        assert attributes.get("href", "#").startswith("#")
    policy = next(one for tag, one in elements(root) if tag == "meta" and "http-equiv" in one.attrib)
    (style,) = (one.text or "" for tag, one in elements(root) if tag == "style")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.attrib["content"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in style
    assert "@import" not in style


def test_hostile_names_are_shown_as_they_are_and_do_nothing() -> None:
    text = rendered("hostile")
    shown = words(parsed(text))
    for name in (quality_reports.HOSTILE[0], quality_reports.HOSTILE[4]):
        assert " ".join(name.split()) in shown
    assert "{{ 7 * 7 }}" in shown
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00\x1b]", text)
    assert "\\u202eright to left\\u2066" in shown


@EVERY
def test_headings_go_down_one_step_at_a_time_and_tables_have_captions(name: str) -> None:
    root = parsed(rendered(name))
    levels = [int(tag[1]) for tag, _ in elements(root) if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in (one for tag, one in elements(root) if tag == "table"):
        assert words(next(iter(table)))
        assert all(cell.attrib.get("scope") for tag, cell in elements(table) if tag == "th")


@EVERY
def test_every_link_of_the_page_has_its_target(name: str) -> None:
    root = parsed(rendered(name))
    targets = {one.attrib["id"] for _, one in elements(root) if "id" in one.attrib}
    links = {one.attrib["href"][1:] for tag, one in elements(root) if tag == "a"}
    assert links <= targets
    assert {"gates", "tests", "score"} <= links


def test_the_page_of_a_failed_commit_says_what_to_look_at() -> None:
    shown = words(parsed(rendered("failing")))
    for said in (
        "Not passed: quality score, regressions and performance",
        "75.4 is below 80",
        "Test coverage : nothing was found at reports/**/coverage*.xml",
        "tests.test_checkout.TestTotal::test_discount[half off]",
        "left is the price with tax",
        "Checkout.total shop/checkout_total.py:20",
        "requests 2.31.0 PYSEC-2024-48 CVE-2024-35195",
        "no fix yet",
        "1 dependency was not looked up",
        "(25 × 95.3 + 20 × 58 + 15 × 81 + 15 × 60) ÷ 75 = 75.4",
        "Left out for want of evidence: coverage",
        "+17.2 to +30.1",
        "AMD EPYC 7763",
    ):
        assert said in shown


def test_the_status_of_a_gate_stands_there_in_words_and_as_a_shape() -> None:
    statuses = {
        "pass": "Passed",
        "warn": "Warning",
        "fail": "Failed",
        "neutral": "Nothing to compare",
        "missing": "No evidence",
        "waived": "Waived",
    }
    drawings = set()
    for status, word in statuses.items():
        report = quality_reports.passing()
        report.verdict.gates[:] = [quality_reports.gate("vulnerabilities", status, 0, "at most 0", "why")]
        root = parsed(page.render(report))
        (tile,) = (one for tag, one in elements(root) if one.attrib.get("class") == f"is-{status}")
        assert words(tile).startswith(f"{word} Vulnerabilities 0 at most 0 · blocking why")
        (mark,) = (one for tag, one in elements(tile) if tag == "svg")
        drawings.add(tuple(part.attrib.get("d", part.tag) for part in mark))
    assert len(drawings) == len(statuses)


def test_the_first_run_says_so_and_draws_no_trends() -> None:
    root = parsed(rendered("first run"))
    assert "This is the first run: there is no baseline to compare with yet." in words(root)
    assert not [one for _, one in elements(root) if one.attrib.get("id") == "trends"]


def test_a_page_with_5000_failed_tests_stays_small_and_counts_them() -> None:
    text = rendered("huge")
    assert len(text.encode()) < 1_000_000
    shown = words(parsed(text))
    assert "5\u202f000 failed tests in all; the first 200 are shown." in shown.replace("5 000", "5\u202f000")
    assert shown.count("tests.test_") == 200


def test_a_message_keeps_its_lines() -> None:
    report = quality_reports.failing()
    report.snapshot.tests.failures[:] = [Failure(id="a", message="one\ntwo <b>\x1b[31m")]
    assert "<pre>one\ntwo &lt;b&gt;\\u001b[31m</pre>" in page.render(report)


def test_a_trend_breaks_where_a_value_is_unknown() -> None:
    snapshots = [quality_reports.snapshot(number) for number in range(1, 8)]
    snapshots[3] = quality_reports.snapshot(4, quality_score=None)
    score = quality_trends(snapshots, Settings())[0]
    assert [len(line.split()) for line in score.lines] == [3, 3]
    assert len(score.dots) == 6
    heights = [dot.y for dot in score.dots]
    assert heights == sorted(heights, reverse=True)
    assert "76.5 first, 84 last" in score.sentence


def test_one_value_is_no_trend_and_a_line_of_zeros_lies_at_the_bottom() -> None:
    assert quality_trends([quality_reports.snapshot()], Settings()) == []
    trends = {one.title: one for one in quality_trends([quality_reports.snapshot()] * 2, Settings())}
    assert {dot.y for dot in trends["Vulnerabilities"].dots} == {93.0}


def test_benchmarks_of_other_machines_are_not_in_a_trend() -> None:
    report = quality_reports.passing()
    (trend,) = benchmark_trends(report.history, report.entry)
    assert (trend.title, len(trend.dots)) == ("test_checkout_total", 12)
    assert all(
        dot.top is not None and dot.bottom is not None and dot.top < dot.y < dot.bottom for dot in trend.dots
    )
    other = quality_reports.MACHINE.model_copy(update={"fingerprint": "another"})
    for entry in report.history[:5]:
        entry.snapshot.environment = other
    (trend,) = benchmark_trends(report.history, report.entry)
    assert len(trend.dots) == 7


def test_intervals_share_one_scale_with_the_slowest_first() -> None:
    compared = quality_reports.regressions(slower=True)
    drawn = intervals(compared)
    assert [(row.change.name, row.kind) for row in drawn.rows] == [
        ("test_checkout_total", "slower"),
        ("test_parse_address", "within"),
        ("test_search[large]", "faster"),
    ]
    slowest = drawn.rows[0]
    assert drawn.zero == 120
    assert (
        drawn.quiet_low < drawn.zero < drawn.quiet_high < slowest.low < slowest.middle < slowest.high == 234
    )
