"""Which packages the instrumentation of a service needs, from the solved release train."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codemods.analysis.model import Analysis
    from codemods.facts import Framework, RuntimeFacts

NATIVE, CONTRIB, OWN = "native", "contrib", "own"


def requirements_needed(runtime: RuntimeFacts, framework: Framework | None, analysis: Analysis) -> list[str]:
    """Return the requirements of every feature, of the detected libraries and of the framework, each once."""
    contrib = [framework] if framework and analysis.framework_telemetry == CONTRIB else []
    return runtime.requirements(runtime.features, analysis.libraries, *contrib)


def framework_telemetry(framework: Framework, version: str) -> str:
    """Say who makes the server span: ``native`` where the framework does it, ``contrib`` or ``own`` elsewhere.

    Args:
        framework: Its facts.
        version: A version, a specifier as written, or nothing; a range counts as the newest it admits, because that
            is what an installation gets.
    """
    first = framework.telemetry.native_from
    below = CONTRIB if framework.telemetry.contrib_package else OWN
    if not first:
        return below
    highest = highest_admitted(version)
    return NATIVE if highest is None or highest >= _numbers(first) else below


def highest_admitted(version: str) -> tuple[int, ...] | None:
    """Return an upper bound of what a version or specifier admits; None when there is no bound."""
    text = version.strip()
    if not text or text == "*" or text.startswith("@"):
        return None
    bounds: list[tuple[int, ...]] = []
    for part in text.split(","):
        if match := re.match(r"\s*(===?|~=|<=|<|\^|~|>=|>|!=)?\s*v?(\d[\w.*]*)", part):
            bound = _bound(match[1] or "==", match[2])
            if bound is not None:
                bounds.append(bound)
    return min(bounds) if bounds else None


def _bound(operator: str, version: str) -> tuple[int, ...] | None:
    """Return the highest release of one clause, with a large number where anything is admitted."""
    numbers = _numbers(version)
    anything = 10**6
    if operator in {"==", "===", "<="}:
        return (*numbers, anything) if version.endswith("*") else numbers
    if operator == "<":
        # Everything below: the release before it, in the last place that is not zero.
        trimmed = list(numbers)
        while trimmed and trimmed[-1] == 0:
            trimmed.pop()
        return (*trimmed[:-1], trimmed[-1] - 1, anything) if trimmed else (0,)
    if operator == "~=":
        return (*numbers[:-1], anything)
    if operator == "~":
        return (*numbers[:2], anything) if len(numbers) > 1 else (*numbers[:1], anything)
    if operator == "^":
        at = next((index for index, number in enumerate(numbers) if number), len(numbers) - 1)
        return (*numbers[: at + 1], anything)
    return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", re.split(r"[a-zA-Z+*]", version, maxsplit=1)[0]))
