"""Numbers and names as people read them; names come from anywhere, so nothing in them may act."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from quality.documents import GateResult

# Percentages, not counts; the score has no unit.
_PERCENT_GATES = ("test_coverage", "performance")
_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))
_MINUTES = 120
_SHORT = 120
# Control, format (such as the marks that turn the direction of text around), surrogate and line separators.
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_JOINER = "\u200d"  # holds emoji together; turns nothing around


def visible(text: str) -> str:
    """Return text on one line in which every character that would act unseen is written as its code."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\n\t\r":
        return " "
    if character != _JOINER and unicodedata.category(character) in _HIDDEN:
        return f"\\u{ord(character):04x}"
    return character


def shorten(text: str, length: int = _SHORT) -> str:
    """Return a text of at most `length` characters: its beginning and, since names differ there, its end."""
    if len(text) <= length:
        return text
    tail = length // 3
    return f"{text[: length - tail - 1]}…{text[-tail:]}"


def number(value: float | None, digits: int = 1) -> str:
    """Return a number with thousands apart and at most `digits` decimals; an unknown one is `unknown`."""
    if value is None:
        return "unknown"
    text = f"{value:,.{digits}f}".replace(",", "\u202f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: float | None) -> str:
    """Return a percentage."""
    return "unknown" if value is None else f"{number(value)}\u00a0%"


def signed(value: float, digits: int = 1) -> str:
    """Return a number with its sign, a real minus among them; what rounds to nothing has none."""
    text = number(abs(value), digits)
    return text if text == "0" else f"{'+' if value > 0 else '−'}{text}"


def seconds(value: float | None) -> str:
    """Return a duration in the unit that keeps three figures readable."""
    if value is None:
        return "none"
    if value >= _MINUTES:
        minutes, rest = divmod(round(value), 60)
        return f"{number(minutes)}\u00a0min {rest}\u00a0s"
    unit, size = next((pair for pair in _UNITS if abs(value) >= pair[1]), _UNITS[-1])
    return f"{value / size:.3g}\u00a0{unit}"


def date(moment: datetime) -> str:
    """Return a day as people write it."""
    return f"{moment.day} {moment:%B %Y}"


def plural(count: float, one: str, many: str = "") -> str:
    """Return a count with its noun."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listed(names: list[str]) -> str:
    """Return names as a sentence lists them."""
    return " and ".join([*[", ".join(names[:-1])][: len(names) - 1], *names[-1:]])


def label(name: str) -> str:
    """Return a name of the documents as words: `test_coverage` is `test coverage`."""
    return name.replace("_", " ")


def gate_value(gate: GateResult) -> str:
    """Return what a gate measured, with its unit."""
    if gate.value is None:
        return "unknown"
    if gate.name == "performance":
        return f"{signed(gate.value)}\u00a0%"
    return percent(gate.value) if gate.name in _PERCENT_GATES else number(gate.value)


def sentence(text: str) -> str:
    """Return a text with a capital first letter and a full stop."""
    stripped = text.strip()
    if not stripped:
        return ""
    return f"{stripped[0].upper()}{stripped[1:]}{'' if stripped[-1] in '.!?…' else '.'}"
