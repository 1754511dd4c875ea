# mypy: disable-error-code="import-not-found,import-untyped,misc,no-any-return"
"""The documents that the commands hand to one another: JSON files, each with ``"schema": 1``.

A number that is not known is ``null``, never zero. Paths are relative to the project, with forward slashes.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quality.errors import QualityError

REPORTS = "reports"
SNAPSHOT = f"{REPORTS}/snapshot.json"
BENCHMARKS = f"{REPORTS}/benchmarks.json"
REGRESSIONS = f"{REPORTS}/regressions.json"
VERDICT = f"{REPORTS}/gate.json"
REPORT = f"{REPORTS}/quality-report.html"


class Part(BaseModel):
    """A part of a document: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True, serialize_by_alias=True)


class Document(Part):
    """A document with a version of its own shape."""

    schema_version: Literal[1] = Field(default=1, alias="schema")


# --- snapshot: what is known of one commit -------------------------------------------------------


class ScorePart(Part):
    """One part of the score.

    Attributes:
        value: What was measured, in ``unit``.
        unit: ``percent``, ``per 1000 lines``, ``count``.
        points: From 0 to 100, linear between ``zero_at`` and ``full_at``.
        weight: Its share among the parts.
        zero_at: The value that gives no points.
        full_at: The value that gives all points.
        evidence: What the value was read from.
    """

    value: float
    unit: str
    points: float = Field(ge=0, le=100)
    weight: float = Field(gt=0)
    zero_at: float
    full_at: float
    evidence: str


class Score(Part):
    """How the score came about; ``missing`` names the parts without evidence, which count for nothing."""

    parts: dict[str, ScorePart] = {}
    missing: list[str] = []


class WorstFunction(Part):
    """A function that is hard to follow."""

    name: str
    file: str
    line: int
    complexity: int
    lines: int


class Complexity(Part):
    """Cyclomatic complexity over all functions; ``complex`` counts those above ``limit``."""

    functions: int
    mean: float
    limit: int
    complex: int
    worst: list[WorstFunction] = []


class Smell(Part):
    """One finding of a linter."""

    rule: str
    message: str
    file: str
    line: int


class CodeQuality(Part):
    """What linters and the complexity count say.

    Attributes:
        smells_count: Findings of all linters; None when no linter's report was there.
        by_rule: Findings by rule, most frequent first.
        smells: The first findings, at most 200.
        lines: Lines of code without blanks and comments.
        complexity: None when there is no source file that could be read.
        unreadable: Source files that could not be measured.
    """

    smells_count: int | None = None
    by_rule: dict[str, int] = {}
    smells: list[Smell] = []
    lines: int = 0
    complexity: Complexity | None = None
    unreadable: list[str] = []


class Failure(Part):
    """A test that failed: its full name and the first lines of what it said."""

    id: str
    message: str = ""


class Tests(Part):
    """What the test runs say; None where there was no such evidence.

    Attributes:
        coverage_percent: Covered lines of all lines.
        branch_percent: Covered branches of all branches.
        lines_covered: Covered lines.
        lines_total: Lines that can be covered.
        total: Test cases, skipped ones included.
        failures: At most 500 of the failed tests and errors.
    """

    coverage_percent: float | None = None
    branch_percent: float | None = None
    lines_covered: int | None = None
    lines_total: int | None = None
    total: int | None = None
    failed: int | None = None
    errors: int | None = None
    skipped: int | None = None
    duration_seconds: float | None = None
    failures: list[Failure] = []


class Vulnerability(Part):
    """A known vulnerability of a dependency."""

    package: str
    version: str = ""
    id: str
    aliases: list[str] = []
    fixed_in: list[str] = []
    severity: str = ""


class Unchecked(Part):
    """A dependency that no audit could look up; ``expected`` when that is normal, as for the project itself."""

    package: str
    reason: str
    expected: bool = False


class Dependencies(Part):
    """What the audits say.

    Attributes:
        vulnerabilities: Their number; None when no audit answered.
        findings: Each once, whichever audits found it.
        checked: Dependencies that an audit looked up; None when the audit does not say.
        skipped: Dependencies that were not looked up: unknown, not safe.
    """

    vulnerabilities: int | None = None
    findings: list[Vulnerability] = []
    checked: int | None = None
    skipped: list[Unchecked] = []


class Environment(Part):
    """The machine that measured. Only measurements with the same ``fingerprint`` can be compared.

    Attributes:
        cpu: The processor's model.
        cores: Cores that this process may use.
        memory_mb: Memory of the machine.
        os: Name and version.
        runtimes: Version by runtime: ``{"python": "3.12.1", "node": "22.1.0"}``.
        container_cpus: The container's processor limit (cgroup), None without one.
        container_memory_mb: The container's memory limit (cgroup), None without one.
        fingerprint: A hash of all of the above but patch versions.
    """

    cpu: str
    cores: int
    memory_mb: int | None
    os: str
    runtimes: dict[str, str] = {}
    container_cpus: float | None = None
    container_memory_mb: int | None = None
    fingerprint: str


class Evidence(Part):
    """A file that was read: kind ``tests``, ``coverage``, ``smells`` or ``dependencies``."""

    kind: str
    file: str
    format: str


class Changes(Part):
    """What changed since the baseline: lines added and removed in ``files`` files."""

    base: str
    files: int
    lines: int


class Snapshot(Document):
    """What is known of one commit.

    Attributes:
        release: The branch or tag.
        commit: The full hash; empty outside of version control.
        baseline: The release it is to be compared with; None when there is none.
        created: When it was captured, UTC.
        quality_score: From 0 to 100; None when too much evidence is missing.
        changes: None when the baseline's commit is not known here.
        missing: Kinds of evidence that were not found.
        warnings: What a reader must know about the evidence, in sentences.
    """

    release: str
    commit: str = ""
    baseline: str | None = None
    created: datetime = Field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    quality_score: float | None = None
    score: Score = Score()
    code_quality: CodeQuality = CodeQuality()
    tests: Tests = Tests()
    dependencies: Dependencies = Dependencies()
    environment: Environment
    changes: Changes | None = None
    evidence: list[Evidence] = []
    missing: list[str] = []
    warnings: list[str] = []


# --- benchmarks: written with the standard library alone by `benchmark` --------------------------


class Benchmarks(Document):
    """Base and head, measured in turns on one machine.

    Attributes:
        environment: The machine.
        unit: Of every number.
        suite: The file or command that was run.
        iterations: How often each arm times a benchmark, over all rounds.
        rounds: How often each arm ran.
        seed: Of the order of the arms.
        same_environment: True when both arms used head's installed dependencies.
        commits: ``base`` and ``head``.
        arms: ``base``, ``head`` and ``base_again``: benchmark name to the first quartile of each
            round's iterations. The three lists of a benchmark are paired.
        reason: Why there is nothing to compare; empty when there is.
        warnings: What a reader must know about the measurements, in sentences.
    """

    environment: Environment
    unit: Literal["seconds"] = "seconds"
    suite: str = ""
    iterations: int = 0
    rounds: int = 0
    seed: int = 0
    same_environment: bool = True
    commits: dict[str, str] = {}
    arms: dict[Literal["base", "head", "base_again"], dict[str, list[float]]] = {}
    reason: str = ""
    warnings: list[str] = []


# --- regressions ---------------------------------------------------------------------------------


class PerformanceChange(Part):
    """How one benchmark moved; positive percentages are slower.

    Attributes:
        name: The benchmark.
        base_seconds: Median of base.
        head_seconds: Median of head; for a new benchmark ``base_seconds`` is None.
        change_percent: The estimate.
        interval_percent: Lower and upper bound of the estimate.
        confidence: Of the interval, from 0 to 1.
        blocking: Whether it counts against the gate.
    """

    name: str
    base_seconds: float | None
    head_seconds: float
    change_percent: float | None = None
    interval_percent: tuple[float, float] | None = None
    confidence: float | None = None
    blocking: bool = False


class QualityChange(Part):
    """A number of the snapshot that got worse; ``metric`` is its path, such as ``tests.coverage_percent``."""

    metric: str
    base: float | None
    head: float | None
    blocking: bool
    detail: str = ""


class Regressions(Document):
    """What is worse than at the baseline.

    Attributes:
        current: The release that was compared.
        baseline: The release it was compared with; None at the first run.
        threshold_percent: The smallest slowdown that counts.
        comparable: Whether performance could be compared.
        reason: Why not; empty when it could.
        noise_floor_percent: What the same code differs from itself; None without measurements.
        blocking_regressions: Those that count against the gate.
        total_regressions: All of them.
        performance_regressions: Benchmarks that are slower.
        improvements: Benchmarks that are faster.
        quality_regressions: Numbers of the snapshot that are worse.
        measured: Every benchmark.
    """

    current: str
    baseline: str | None
    threshold_percent: float
    comparable: bool
    reason: str = ""
    noise_floor_percent: float | None = None
    blocking_regressions: int = 0
    total_regressions: int = 0
    performance_regressions: list[PerformanceChange] = []
    improvements: list[PerformanceChange] = []
    quality_regressions: list[QualityChange] = []
    measured: list[PerformanceChange] = []


# --- verdict -------------------------------------------------------------------------------------

GateName = Literal["quality_score", "regressions", "test_coverage", "vulnerabilities", "performance"]


class GateResult(Part):
    """What one gate says.

    Attributes:
        name: The gate.
        status: ``pass``; ``fail`` and ``missing`` stop the pipeline; ``warn`` does not; ``neutral`` says that there
            is nothing to compare yet; ``waived`` passes because of waivers that have not expired.
        value: What was measured; None when it is not known.
        bound: The bound of the settings, in words: ``at least 80``.
        blocking: Whether the gate can stop the pipeline.
        reason: Why, in a sentence.
    """

    name: GateName
    status: Literal["pass", "warn", "fail", "neutral", "missing", "waived"]
    value: float | None
    bound: str
    blocking: bool
    reason: str


class Verdict(Document):
    """What all gates say: ``fail`` when one fails, ``unknown`` when a blocking one lacks its evidence."""

    status: Literal["pass", "warn", "fail", "unknown"]
    release: str
    commit: str
    gates: list[GateResult]


# --- files ---------------------------------------------------------------------------------------

AnyDocument = TypeVar("AnyDocument", bound=Document)


def read_document(kind: type[AnyDocument], file: Path, *, hint: str = "") -> AnyDocument:
    """Read a document.

    Args:
        kind: Which document it must be.
        file: Where it is.
        hint: What makes it, when it is missing.

    Raises:
        QualityError: It is missing, or is not such a document; names the first wrong key.
    """
    try:
        return kind.model_validate_json(file.read_bytes())
    except OSError as error:
        raise QualityError(error.strerror or "cannot be read", where=str(file), hint=hint) from None
    except ValidationError as error:
        raise QualityError(_first_error(error, kind.__name__.lower()), where=str(file), hint=hint) from None


def write_document(document: Document, file: Path) -> None:
    """Write a document whole or not at all, as sorted lines that are easy to compare.

    Raises:
        QualityError: The file cannot be written.
    """
    write_text(json.dumps(document.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n", file)


def write_text(text: str, file: Path) -> None:
    """Write a file whole or not at all; folders above it are made.

    Raises:
        QualityError: The file cannot be written.
    """
    part = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(file)
    except OSError as error:
        raise QualityError(f"cannot be written: {error.strerror}", where=str(file)) from None


def _first_error(error: ValidationError, kind: str) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"is not a {kind} of this tool ({f'{place}: ' if place else ''}{first['msg']})"
