"""One run on a project: the answers, the plan, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codemods.writer import apply_plan

if TYPE_CHECKING:
    from pathlib import Path

    from codemods.manifests import DependencyResult
    from codemods.plan import Plan
    from codemods.record import Record


@dataclass(kw_only=True)
class Run:
    """What every run has, whatever it adds.

    Attributes:
        root: The directory that holds the answers and the record.
        project: The directory that was given: `root`, or the repository above it.
        answers: What Copier renders with.
        recorded: The answers of the run before; empty when there was none.
        plan: The edits.
        record: What stands in the project because of us.
        features: What is added.
        package_manager: Of the project; empty when nothing is installed.
        left_out: Features that are not added, with the reason.
        dependencies: What was done to the manifests; None when nothing had to be.
    """

    root: Path
    project: Path
    answers: dict[str, Any]
    recorded: dict[str, Any]
    plan: Plan
    record: Record
    features: list[str]
    package_manager: str = ""
    left_out: dict[str, str] = field(default_factory=dict)
    dependencies: DependencyResult | None = None

    @property
    def changed(self) -> bool:
        """Whether the plan changes anything."""
        return bool(self.plan.edits())

    def write(self) -> None:
        """Put the plan and the record of it on disk."""
        apply_plan(self.plan, self.record)
