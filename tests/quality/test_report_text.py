"""Numbers and names as the report shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quality.reporting.text import listed, number, plural, seconds, sentence, shorten, signed, visible

NARROW, HARD = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (80.0, "80"),
        (84.25, "84.2"),
        (-3.5, "-3.5"),
        (12345.6, f"12{NARROW}345.6"),
        (None, "unknown"),
    ],
)
def test_numbers_are_short_and_unknown_is_not_zero(value: float | None, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(1.25, "+1.2"), (-2, "−2"), (0, "0"), (0.01, "0"), (-0.04, "0")]
)
def test_a_difference_that_rounds_to_nothing_has_no_sign(value: float, shown: str) -> None:
    assert signed(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.000_000_004, f"4{HARD}ns"),
        (0.000_018_2, f"18.2{HARD}µs"),
        (0.081, f"81{HARD}ms"),
        (41.9, f"41.9{HARD}s"),
        (1234.4, f"20{HARD}min 34{HARD}s"),
        (0, f"0{HARD}ns"),
        (None, "none"),
    ],
)
def test_durations_have_the_unit_in_which_they_are_read(value: float | None, shown: str) -> None:
    assert seconds(value) == shown


def test_words_are_put_together_as_people_do() -> None:
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert [plural(count, "file") for count in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
    assert plural(2, "dependency", "dependencies") == "2 dependencies"
    assert [sentence(text) for text in ("", "there is none", "Why?")] == ["", "There is none.", "Why?"]


@given(st.text(max_size=300), st.integers(4, 50))
def test_a_shortened_text_keeps_its_two_ends(text: str, length: int) -> None:
    short = shorten(text, length)
    assert len(short) <= length
    if short != text:
        head, tail = short.split("…", 1) if text.count("…") == 0 else (text[:1], text[-1:])
        assert text.startswith(head)
        assert text.endswith(tail)


@given(st.text())
def test_what_is_visible_is_printed_and_stays_on_one_line(text: str) -> None:
    shown = visible(text)
    assert len(shown.splitlines()) <= 1
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\x1b\u200b\u2028\x85"
    )
    assert visible(shown) == shown


def test_emoji_and_other_scripts_stay_as_they_are() -> None:
    assert visible("日本語 é 👩\u200d💻 עברית") == "日本語 é 👩\u200d💻 עברית"
