# mypy: disable-error-code="import-not-found,import-untyped,untyped-decorator,no-any-return"
"""`.quality-gates.yaml`: the bounds of the gates, the formula of the score, where evidence and history are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from quality.documents import Part
from quality.settings_file import explain, parse

SETTINGS_FILE = ".quality-gates.yaml"


class Gate(Part):
    """What all gates have in common."""

    blocking: bool = Field(
        default=True, description="Whether a failure stops the pipeline; otherwise it warns."
    )
    missing: Literal["fail", "warn", "neutral"] = Field(
        default="fail", description="What it says without evidence."
    )


class ScoreGate(Gate):
    """The quality score, from 0 to 100."""

    min: float = Field(default=80.0, ge=0, le=100, description="The lowest score that passes.")


class RegressionGate(Gate):
    """What got worse since the baseline: failed tests, coverage, findings, vulnerabilities, the score."""

    max: int = Field(default=0, ge=0, description="How many blocking regressions pass.")


class CoverageGate(Gate):
    """Line coverage of the tests."""

    blocking: bool = Field(
        default=False, description="Whether a failure stops the pipeline; otherwise it warns."
    )
    missing: Literal["fail", "warn", "neutral"] = Field(
        default="warn", description="What it says without evidence."
    )
    min: float = Field(default=80.0, ge=0, le=100, description="The lowest percentage that passes.")
    ratchet: bool = Field(
        default=False, description="Whether it must not be lower than at the baseline, either."
    )


class Waiver(Part):
    """A vulnerability that is accepted for a while."""

    id: str = Field(min_length=1, description="Its identifier or an alias: CVE-…, GHSA-…, PYSEC-….")
    reason: str = Field(min_length=1, description="Why it does no harm here.")
    expires: dt.date = Field(description="The last day on which this holds, such as 2030-01-31.")


class VulnerabilityGate(Gate):
    """Known vulnerabilities of the dependencies."""

    max: int = Field(default=0, ge=0, description="How many pass.")
    waivers: list[Waiver] = Field(default=[], description="Vulnerabilities that are accepted for a while.")


class PerformanceGate(Gate):
    """Benchmarks of this commit against those of its base."""

    missing: Literal["fail", "warn", "neutral"] = Field(
        default="neutral", description="What it says without evidence."
    )
    max_degradation_percent: float = Field(default=5.0, gt=0, description="The smallest slowdown that fails.")


class Gates(Part):
    """The five gates."""

    quality_score: ScoreGate = ScoreGate()
    regressions: RegressionGate = RegressionGate()
    test_coverage: CoverageGate = CoverageGate()
    vulnerabilities: VulnerabilityGate = VulnerabilityGate()
    performance: PerformanceGate = PerformanceGate()


class Bounds(Part):
    """How a part gives points: linear between the two bounds, none outside of them."""

    weight: float = Field(ge=0, description="Its share among the parts; 0 leaves it out.")
    full_at: float = Field(description="The value that gives 100 points.")
    zero_at: float = Field(description="The value that gives none.")

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if self.full_at == self.zero_at:
            raise ValueError("full_at and zero_at must differ")
        return self


class Parts(Part):
    """The parts of the score."""

    tests: Bounds = Field(
        default=Bounds(weight=25, full_at=100, zero_at=90), description="Percentage of the tests that pass."
    )
    coverage: Bounds = Field(
        default=Bounds(weight=25, full_at=90, zero_at=30),
        description="Percentage of the lines that tests reach.",
    )
    smells: Bounds = Field(
        default=Bounds(weight=20, full_at=0, zero_at=20),
        description="Findings of linters in 1000 lines of code.",
    )
    complexity: Bounds = Field(
        default=Bounds(weight=15, full_at=0, zero_at=10),
        description="Percentage of the functions above complexity_limit.",
    )
    vulnerabilities: Bounds = Field(
        default=Bounds(weight=15, full_at=0, zero_at=5),
        description="Known vulnerabilities of the dependencies.",
    )


class ScoreFormula(Part):
    """The score is the mean of its parts' points by weight; parts without evidence are left out, and named."""

    minimum_evidence: float = Field(
        default=0.5, ge=0, le=1, description="The share of the weights without which there is no score."
    )
    complexity_limit: int = Field(
        default=15, gt=0, description="The cyclomatic complexity above which a function is complex."
    )
    parts: Parts = Parts()


class EvidenceFiles(Part):
    """Where the evidence is: patterns of paths; the format is told by the content."""

    tests: list[str] = Field(
        default=["reports/**/junit*.xml", "reports/**/TEST-*.xml"], description="JUnit XML."
    )
    coverage: list[str] = Field(
        default=[
            "reports/**/coverage*.xml",
            "reports/**/coverage*.json",
            "reports/**/lcov*.info",
            "reports/**/jacoco*.xml",
        ],
        description="Cobertura XML, coverage.py JSON, lcov, JaCoCo XML.",
    )
    smells: list[str] = Field(
        default=["reports/**/*.sarif", "reports/**/ruff*.json", "reports/**/eslint*.json"],
        description="SARIF, Ruff's JSON, ESLint's JSON.",
    )
    dependencies: list[str] = Field(
        default=["reports/**/*audit*.json", "reports/**/osv*.json", "reports/**/dependency-check*.json"],
        description="pip-audit, npm, pnpm and Yarn audit, OSV-Scanner, OWASP Dependency-Check.",
    )


class Settings(Part):
    """The whole file; every key has a default."""

    quality_gates: Gates = Field(default=Gates(), description="What must hold.")
    score: ScoreFormula = Field(default=ScoreFormula(), description="How the quality score is made.")
    minimum_change_lines: int = Field(
        default=20,
        ge=0,
        description="Smaller changes are not held to the ratchet, nor to a drop of coverage or score.",
    )
    evidence: EvidenceFiles = Field(default=EvidenceFiles(), description="Where the evidence is.")
    exclude: list[str] = Field(default=[], description="Patterns of source files that are not measured.")
    history: str = Field(
        default=".quality/history.sqlite",
        description="A file, or the URL of a PostgreSQL database without its password.",
    )


def load_settings(file: Path) -> Settings:
    """Read the settings; all defaults when the file is not there.

    Args:
        file: `.quality-gates.yaml` of the project.

    Raises:
        QualityError: It is not valid; names the line, and the nearest key for a wrong one.
    """
    if not file.is_file():
        return Settings()
    content, lines = parse(file)
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        raise explain(error, Settings, lines, file.name) from None
