"""Ranges of versions, as the manifests of each language write them: does one admit some release of a line?

Python: https://packaging.python.org/en/latest/specifications/version-specifiers/ and Poetry's carets,
https://python-poetry.org/docs/dependency-specification/. Node: https://github.com/npm/node-semver#ranges.
"""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet

# Some release of a line is admitted when its first, its last or one in between is.
_PATCHES = (0, 1, 5, 10, 20, 99)
_ENDLESS = (10**6,)
_COMPARATOR = re.compile(r"(>=|<=|>|<|=|\^|~>?)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?[\w.+-]*")
_HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)")


def python_admits(text: str, line: str) -> bool:
    """Say whether a range admits a release of a line such as ``3.12``; one that cannot be read admits all."""
    return any(_python_clauses(part, line) for part in text.split("||"))


def _python_clauses(text: str, line: str) -> bool:
    clauses = [
        _without_caret(clause.strip())
        for clause in re.split(r",|\s+(?=[<>=!~^])", text.strip())
        if clause.strip()
    ]
    wanted = ",".join(clause for clause in clauses if clause not in {"*", ""})
    try:
        specifier = SpecifierSet(wanted)
    except InvalidSpecifier:
        return True
    return any(specifier.contains(f"{line}.{patch}") for patch in _PATCHES)


def _without_caret(clause: str) -> str:
    match = re.fullmatch(r"(\^|~(?!=)|==?)?\s*v?(\d+(?:\.\d+)*)(\.\*)?", clause)
    if not match:
        return clause
    numbers = match[2].split(".")
    if match[1] == "^":
        return f">={match[2]},<{int(numbers[0]) + 1}"
    if match[1] == "~":
        return f">={match[2]},=={'.'.join(numbers[:2])}.*"
    exact = len(numbers) > 2 and not match[3]  # noqa: PLR2004 - a patch release is the third number
    return f"=={match[2]}" if exact else f"=={match[2]}.*"


def node_admits(text: str, line: str) -> bool:
    """Say whether a range admits a release of a major version such as ``22``; one that cannot be read admits all."""
    first, last = (int(line),), (int(line), *_ENDLESS)
    parts = [part.strip() for part in text.split("||")]
    return any(low <= last and first <= high for low, high in map(_interval, parts))


def _interval(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the lowest and the highest version of a set of comparators that all must hold."""
    if hyphen := _HYPHEN.fullmatch(text):
        text = f">={hyphen[1]} <={hyphen[2]}"
    low: tuple[int, ...] = (0,)
    high: tuple[int, ...] = _ENDLESS
    for match in _COMPARATOR.finditer(text):
        numbers = tuple(int(part) for part in match.groups()[1:] if part and part.isdigit())
        below, above = _bounds(match[1] or "", numbers)
        low, high = max(low, below), min(high, above)
    return low, high


def _bounds(operator: str, numbers: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    everything = ((0,), _ENDLESS)
    if not numbers:
        return everything
    within = (*numbers, *_ENDLESS)
    bounds = {
        ">=": (numbers, _ENDLESS),
        # `>22` is `>=23`, `>22.3` is `>=22.4`.
        ">": (numbers if len(numbers) == 3 else (*numbers[:-1], numbers[-1] + 1), _ENDLESS),  # noqa: PLR2004
        "<=": ((0,), within),
        "<": ((0,), _just_below(numbers)),
        "^": (numbers, (numbers[0], *_ENDLESS)),
        "~": (numbers, (*numbers[:2], *_ENDLESS)),
        "~>": (numbers, (*numbers[:2], *_ENDLESS)),
    }
    return bounds.get(operator, (numbers, within))


def _just_below(numbers: tuple[int, ...]) -> tuple[int, ...]:
    trimmed = list(numbers)
    while trimmed and trimmed[-1] == 0:
        trimmed.pop()
    return (*trimmed[:-1], trimmed[-1] - 1, *_ENDLESS) if trimmed else (-1,)
