"""The proof: every check on the evidence of one run, in the order people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.verification.endpoint_checks import endpoint_checks
from codemods.verification.placement import placement_checks
from codemods.verification.trace_checks import trace_checks

if TYPE_CHECKING:
    from codemods.verification.evidence import Check, Evidence


def run_checks(evidence: Evidence) -> list[Check]:
    """Judge one run.

    Args:
        evidence: What was seen.

    Returns:
        The verdicts; the run is proven when each of them has ``passed``.
    """
    return [*placement_checks(evidence), *trace_checks(evidence), *endpoint_checks(evidence)]
