"""What an edit came to, as a value: changed, nothing to do, or refused with the lines to paste.

An engine never raises for what a user's file holds; the caller decides what a refusal means.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Changed:
    """The edit was made.

    Attributes:
        source: The whole file with the edit in it.
    """

    source: bytes


@dataclass(frozen=True)
class Unchanged:
    """There was nothing to do.

    Attributes:
        reason: Why, in one sentence without a full stop.
    """

    reason: str


@dataclass(frozen=True)
class Refused:
    """The edit is not safe; the file has to stay as it is.

    Attributes:
        reason: Why, in one sentence without a full stop.
        snippet: What a person can paste instead; empty when there is nothing to paste.
    """

    reason: str
    snippet: str = ""


Outcome = Changed | Unchanged | Refused
