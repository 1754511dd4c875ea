"""The short form, read by the parser that GitHub uses: no name in it is more than a name."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options
from hypothesis import example, given
from hypothesis import strategies as st
from quality.reporting import markdown
from quality.reporting.markdown import LIMIT, MARKER, code, prose
from support import quality_reports

ELEMENTS = {
    *("h2", "h3", "p", "strong", "code", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"),
    *("details", "summary"),
}
# What a forge makes a link of or acts on, in text that is not code.
REFERENCE = re.compile(r"(?<!\w)[@#!~$&][A-Za-z0-9]|https?://|www\.", re.IGNORECASE)
# Plain letters would seldom hit anything.
names = st.text(
    st.sampled_from(list("ab1 `\\|*_[]()<>@#!~$&%:/.-\"'={}\n\t\u202e\x00é")), min_size=1, max_size=60
)


def html(text: str) -> ET.Element:
    """Return what GitHub's parser makes of it, HTML in the text included."""
    body = github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
    return ET.fromstring(f"<body>{body.replace(MARKER, '')}</body>")  # noqa: S314 - the test's own


def outside_code(element: ET.Element) -> str:
    if element.tag == "code":
        return element.tail or ""
    return (element.text or "") + "".join(map(outside_code, element)) + (element.tail or "")


@pytest.mark.parametrize("name", quality_reports.EVERY)
def test_the_summary_holds_nothing_but_our_own_elements(name: str) -> None:
    text = markdown.render(quality_reports.EVERY[name]())
    assert text.startswith(f"{MARKER}\n## ")
    assert len(text) < LIMIT
    root = html(text)
    assert {one.tag for one in root.iter()} - {"body"} <= ELEMENTS
    assert not REFERENCE.search(outside_code(root))
    for row in root.iter("tr"):
        assert len(row) == 4


def test_the_summary_of_a_failed_commit_says_what_matters() -> None:
    text = markdown.render(quality_reports.failing())
    assert text.splitlines()[1] == "## ❌ Not passed: quality score, regressions and performance"
    for said in (
        "| Quality score | ❌ failed | 75.4 | at least 80 |",
        "- **Performance**: slower: test\\_checkout\\_total +23.8 %",
        "| Quality score | 88.5 | 75.4 | −13.1, worse |",
        "- **Test coverage**: no file was found.",
        "- `tests.test_checkout.TestTotal::test_discount[half off]`",
        "- `requests` 2.31.0: `PYSEC-2024-48`, fixed in `2.32.0`",
    ):
        assert said in text


def test_the_first_run_says_so() -> None:
    text = markdown.render(quality_reports.first_run())
    assert "first run, nothing to compare with yet" in text
    assert "▫️ nothing to compare" in text


def test_long_lists_are_counted() -> None:
    assert "<summary>Failed tests: 5\u202f000</summary>" in markdown.render(quality_reports.huge())


def test_a_summary_that_would_be_too_long_leaves_blocks_out_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(markdown, "LIMIT", 1500)
    text = markdown.render(quality_reports.failing())
    assert "More is in the whole report." in text
    assert len(text) < 1600
    assert "| Quality score | ❌ failed" in text


@given(names)
@example("`")
@example(" a ")
@example("```` `")
@example("</summary></details><script>")
def test_a_name_in_a_code_span_is_shown_as_it_is(name: str) -> None:
    root = html(f"- {code(name)} after")
    (span,) = root.iter("code")
    assert [one.tag for one in root.iter()] == ["body", "ul", "li", "code"]
    assert span.tail == " after"
    shown = name.replace("\n", " ").replace("\t", " ").replace("\u202e", "\\u202e").replace("\0", "\\u0000")
    assert (span.text or "").strip() == shown.strip()


@given(names)
@example("www.attacker.example")
@example("https://attacker.example")
@example("someone@attacker.example")
@example("![x](https://attacker.example/x.png)")
@example("a|b\\|c")
def test_a_name_in_a_sentence_is_no_markup(name: str) -> None:
    root = html(f"| a | b |\n| --- | --- |\n| x{prose(name)} | y |\n")
    assert {one.tag for one in root.iter()} == {"body", "table", "thead", "tbody", "tr", "th", "td"}
    cells = [one.text for one in root.iter("td")]
    assert (len(cells), cells[1]) == (2, "y")
    assert not REFERENCE.search(cells[0] or "")
    plain = (cells[0] or "").replace("\u2060", "")
    shown = name.replace("\n", " ").replace("\t", " ").replace("\u202e", "\\u202e").replace("\0", "\\u0000")
    assert plain.strip() == f"x{shown}".strip()
