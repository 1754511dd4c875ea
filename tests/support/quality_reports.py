"""Reports to render: made from the documents' own models, so that they are what the commands write."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from quality.documents import (
    Changes,
    CodeQuality,
    Complexity,
    Dependencies,
    Environment,
    Evidence,
    Failure,
    GateResult,
    PerformanceChange,
    QualityChange,
    Regressions,
    Score,
    ScorePart,
    Smell,
    Snapshot,
    Tests,
    Unchecked,
    Verdict,
    Vulnerability,
    WorstFunction,
)
from quality.gates import decide
from quality.history import Entry
from quality.reporting.model import Report
from quality.settings import Gates, ScoreGate, Settings, VulnerabilityGate, Waiver

# What may come in a test's, a function's or a package's name: markup, quotes, mentions, marks that turn text around.
HOSTILE = (
    "</script></style><img src=x onerror=alert(1)>",
    "\"'`$(touch /tmp/owned)${IFS};|&",
    "| a | b |\n| --- | --- |\n# heading\n- [ ] task",
    "@everyone #1 [link](https://attacker.example) <https://attacker.example> www.attacker.example a@b.example",
    "``` `` ` <!-- release-quality --> <b>bold</b> **bold** {{ 7 * 7 }} {% raw %}",
    "\u202eright to left\u2066 \u200bhidden\u0000\x1b[31m\ud7ff",
    "&lt;b&gt; &#64;someone \\| \\` 日本語 🎉",
)

MACHINE = Environment(
    cpu="AMD EPYC 7763",
    cores=4,
    memory_mb=16_384,
    os="Debian GNU/Linux 13",
    runtimes={"python": "3.13.7", "node": "24.9.0"},
    container_cpus=2.0,
    container_memory_mb=8192,
    fingerprint="9f2c31d0a7be4415",
)
_START = datetime(2026, 10, 1, 8, 30, tzinfo=UTC)
_COVERAGE = (61.2, 62.0, 61.8, 66.5, 70.1, 69.9, 74.4, 78.2, 79.0, 82.6, 82.1, 84.3)


def snapshot(number: int = 12, **changed: object) -> Snapshot:
    """Return a healthy snapshot, the `number`-th of its line.

    Args:
        number: Later ones are better.
        changed: Fields that differ.
    """
    coverage = _COVERAGE[min(number, 12) - 1]
    score = _score(
        tests=_part(99.6, "percent", 96, 25, 90, 100),
        coverage=_part(coverage, "percent", (coverage - 30) / 0.6, 25, 30, 90),
        smells=_part(8 - number / 3, "per 1000 lines", 60 + 5 * number / 3, 20, 20, 0),
        complexity=_part(1.9, "percent", 81, 15, 10, 0),
        vulnerabilities=_part(0, "count", 100, 15, 5, 0),
    )
    fields: dict[str, object] = {
        "release": "main",
        "commit": f"{number:02x}" * 20,
        "baseline": "main",
        "created": _START + timedelta(days=5 * number),
        "quality_score": points(score),
        "score": score,
        "code_quality": _code(60 - 2 * number),
        "tests": Tests(
            coverage_percent=coverage,
            branch_percent=coverage - 9,
            lines_covered=int(coverage * 81),
            lines_total=8100,
            total=412 + number,
            failed=0,
            errors=0,
            skipped=3,
            duration_seconds=38.4,
        ),
        "dependencies": Dependencies(vulnerabilities=0, checked=63),
        "environment": MACHINE,
        "changes": Changes(base="0b" * 20, files=7, lines=214),
        "evidence": [
            Evidence(kind="tests", file="reports/junit.xml", format="JUnit XML"),
            Evidence(kind="coverage", file="reports/coverage.xml", format="Cobertura"),
            Evidence(kind="smells", file="reports/ruff.sarif", format="SARIF"),
            Evidence(kind="dependencies", file="reports/pip-audit.json", format="pip-audit"),
        ],
    }
    return Snapshot.model_validate({**fields, **changed})


def _score(missing: tuple[str, ...] = (), **parts: ScorePart) -> Score:
    return Score(parts=parts, missing=list(missing))


def points(score: Score) -> float:
    """Return the score by its formula."""
    parts = score.parts.values()
    return round(sum(part.weight * part.points for part in parts) / sum(part.weight for part in parts), 1)


def _part(value: float, unit: str, points: float, weight: float, zero: float, full: float) -> ScorePart:
    return ScorePart(
        value=value, unit=unit, points=points, weight=weight, zero_at=zero, full_at=full, evidence="reports/"
    )


def _code(smells: int) -> CodeQuality:
    names = (
        "Checkout.total",
        "parse_address",
        "Ledger.close_month",
        "import_rows",
        "render_invoice",
        "route",
    )
    worst = [
        WorstFunction(
            name=name,
            file=f"shop/{name.lower().replace('.', '_')}.py",
            line=20 + 31 * rank,
            complexity=29 - 4 * rank,
            lines=120 - 15 * rank,
        )
        for rank, name in enumerate(names)
    ]
    return CodeQuality(
        smells_count=smells,
        by_rule={"PLR0912": smells // 2, "E501": smells // 3, "S608": smells - smells // 2 - smells // 3},
        smells=[
            Smell(
                rule="PLR0912", message="Too many branches (19 > 12)", file="shop/checkout_total.py", line=20
            ),
            Smell(rule="S608", message="SQL built from strings", file="shop/ledger_close_month.py", line=88),
        ],
        lines=9120,
        complexity=Complexity(functions=640, mean=2.7, limit=15, complex=4, worst=worst),
    )


def benchmark(name: str, change: float, low: float, high: float, base: float = 0.0042) -> PerformanceChange:
    """Return a benchmark that moved by `change` percent."""
    return PerformanceChange(
        name=name,
        base_seconds=base,
        head_seconds=base * (1 + change / 100),
        change_percent=change,
        interval_percent=(low, high),
        confidence=0.99,
    )


def regressions(*, slower: bool = False) -> Regressions:
    """Return a comparison of four benchmarks, one of which may be slower."""
    measured = [
        benchmark(
            "test_checkout_total", 23.8 if slower else 0.6, 17.2 if slower else -1.9, 30.1 if slower else 3.0
        ),
        benchmark("test_search[large]", -12.4, -16.0, -8.8, 0.081),
        benchmark("test_parse_address", 1.2, -2.6, 4.9, 0.000_018),
        PerformanceChange(name="test_new_export", base_seconds=None, head_seconds=0.31),
    ]
    return Regressions(
        current="main",
        baseline="main",
        threshold_percent=5,
        comparable=True,
        noise_floor_percent=3.4,
        blocking_regressions=2 if slower else 0,
        total_regressions=2 if slower else 0,
        performance_regressions=[measured[0].model_copy(update={"blocking": True})] if slower else [],
        improvements=[measured[1]],
        quality_regressions=[
            QualityChange(
                metric="tests.failed",
                base=0,
                head=2,
                blocking=True,
                detail="2 tests fail that did not fail before",
            )
        ]
        if slower
        else [],
        measured=measured,
    )


def gate(
    name: str, status: str, value: float | None, bound: str, reason: str, *, blocking: bool = True
) -> GateResult:
    """Return what one gate says."""
    return GateResult.model_validate(
        {
            "name": name,
            "status": status,
            "value": value,
            "bound": bound,
            "blocking": blocking,
            "reason": reason,
        }
    )


def history(count: int = 11) -> tuple[Entry, ...]:
    """Return the earlier snapshots of the line, each with its benchmarks."""
    return tuple(
        Entry(snapshot(number), _measured_at(number, 0.0041 + 0.0001 * (number % 4)))
        for number in range(1, count + 1)
    )


def _measured_at(number: int, base: float) -> Regressions:
    compared = regressions()
    return compared.model_copy(
        update={"measured": [benchmark("test_checkout_total", 0.4, -2 - number % 3, 2.5, base)]}
    )


def passing() -> Report:
    """Return a report whose gates all hold."""
    now = snapshot()
    return _judged(now, regressions(), baseline=snapshot(11), history=history())


def failing() -> Report:
    """Return a report with failed, waived and missing gates, failed tests and missing evidence."""
    score = _score(
        ("coverage",),
        tests=_part(99.5, "percent", 95.3, 25, 90, 100),
        smells=_part(8.4, "per 1000 lines", 58, 20, 20, 0),
        complexity=_part(1.9, "percent", 81, 15, 10, 0),
        vulnerabilities=_part(2, "count", 60, 15, 5, 0),
    )
    now = snapshot(
        release="feature/faster-checkout",
        quality_score=points(score),
        tests=Tests(
            total=424,
            failed=2,
            errors=0,
            skipped=3,
            duration_seconds=41.9,
            failures=[
                Failure(
                    id="tests.test_checkout.TestTotal::test_discount[half off]",
                    message="AssertionError: assert Decimal('9.50') == Decimal('9.00')\n  left is the price with tax",
                ),
                Failure(id="tests.test_checkout.TestTotal::test_empty_cart", message="KeyError: 'items'"),
            ],
        ),
        dependencies=Dependencies(
            vulnerabilities=2,
            checked=62,
            findings=[
                Vulnerability(
                    package="requests",
                    version="2.31.0",
                    id="PYSEC-2024-48",
                    aliases=["CVE-2024-35195", "GHSA-9wx4-h78v-vm56"],
                    fixed_in=["2.32.0"],
                    severity="medium",
                ),
                Vulnerability(
                    package="internal-http", version="0.9", id="GHSA-xxxx-yyyy-zzzz", severity="high"
                ),
            ],
            skipped=[Unchecked(package="company-auth", reason="not on the package index")],
        ),
        missing=["coverage"],
        score=score,
    )
    waivers = [
        Waiver(id="CVE-2024-35195", reason="no call turns verification off", expires=date(2026, 12, 31)),
        Waiver(id="GHSA-xxxx-yyyy-zzzz", reason="not reachable from outside", expires=date(2027, 1, 15)),
    ]
    settings = Settings(quality_gates=Gates(vulnerabilities=VulnerabilityGate(waivers=waivers)))
    return _judged(now, regressions(slower=True), settings, baseline=snapshot(11), history=history())


def first_run() -> Report:
    """Return a report of the first run: nothing to compare with, no history."""
    now = snapshot(1, baseline=None, changes=None)
    compared = Regressions(
        current="main",
        baseline=None,
        threshold_percent=5,
        comparable=False,
        reason="there is no baseline yet",
    )
    settings = Settings(quality_gates=Gates(quality_score=ScoreGate(blocking=False)))
    return _judged(now, compared, settings)


def bare() -> Report:
    """Return a report of a project that has no evidence at all; what the gates say is real."""
    kinds = ["tests", "coverage", "smells", "dependencies"]
    now = Snapshot(
        release="main", environment=MACHINE, missing=kinds, score=Score(missing=[*kinds, "complexity"])
    )
    return _judged(now, None)


def hostile() -> Report:
    """Return a report every name of which tries something."""
    count = len(HOSTILE)
    base = failing()
    now = base.snapshot.model_copy(
        update={
            "release": HOSTILE[0],
            "commit": HOSTILE[1],
            "tests": base.snapshot.tests.model_copy(
                update={"failed": count, "failures": [Failure(id=name, message=name) for name in HOSTILE]}
            ),
            "code_quality": CodeQuality(
                smells_count=count,
                by_rule=dict.fromkeys(HOSTILE, 1),
                smells=[Smell(rule=name, message=name, file=name, line=1) for name in HOSTILE],
                unreadable=list(HOSTILE),
                complexity=Complexity(
                    functions=count,
                    mean=20,
                    limit=15,
                    complex=count,
                    worst=[
                        WorstFunction(name=name, file=name, line=3, complexity=20, lines=9)
                        for name in HOSTILE
                    ],
                ),
            ),
            "dependencies": Dependencies(
                vulnerabilities=count,
                findings=[
                    Vulnerability(
                        package=name, version=name, id=name, aliases=[name], fixed_in=[name], severity=name
                    )
                    for name in HOSTILE
                ],
                skipped=[Unchecked(package=name, reason=name) for name in HOSTILE],
            ),
            "evidence": [Evidence(kind=name, file=name, format=name) for name in HOSTILE],
            "missing": list(HOSTILE),
            "warnings": list(HOSTILE),
            "environment": MACHINE.model_copy(
                update={"cpu": HOSTILE[0], "os": HOSTILE[5], "runtimes": {name: name for name in HOSTILE}}
            ),
        }
    )
    compared = regressions(slower=True).model_copy(
        update={
            "baseline": HOSTILE[3],
            "measured": [benchmark(name, 9, 6, 12) for name in HOSTILE]
            + [PerformanceChange(name=name, base_seconds=None, head_seconds=1) for name in HOSTILE],
            "performance_regressions": [benchmark(name, 9, 6, 12) for name in HOSTILE],
            "quality_regressions": [
                QualityChange(metric=name, base=1, head=2, blocking=True, detail=name) for name in HOSTILE
            ],
        }
    )
    names = ("quality_score", "regressions", "test_coverage", "vulnerabilities", "performance")
    gates = [gate(name, "fail", 1, text, text) for name, text in zip(names, HOSTILE, strict=False)]
    past = tuple(
        Entry(entry.snapshot.model_copy(update={"release": HOSTILE[0]}), compared) for entry in history(3)
    )
    return Report(now, _verdict("fail", now, gates), compared, snapshot(11, release=HOSTILE[2]), past)


def huge(count: int = 5000) -> Report:
    """Return a report with more of everything than a person reads."""
    base = failing()
    tests = base.snapshot.tests.model_copy(
        update={
            "failed": count,
            "failures": [
                Failure(id=f"tests.test_{index}::{'x' * 300}", message="\n".join(["y" * 400] * 40))
                for index in range(500)
            ],
        }
    )
    dependencies = Dependencies(
        vulnerabilities=count,
        findings=[Vulnerability(package=f"p{index}", id=f"CVE-{index}") for index in range(count)],
        skipped=[Unchecked(package=f"q{index}", reason="z" * 1000) for index in range(count)],
    )
    code = base.snapshot.code_quality.model_copy(
        update={
            "smells_count": count,
            "by_rule": {f"R{index}": 1 for index in range(count)},
            "unreadable": [f"{index}.py" for index in range(count)],
        }
    )
    now = base.snapshot.model_copy(
        update={"tests": tests, "dependencies": dependencies, "code_quality": code}
    )
    compared = regressions(slower=True).model_copy(
        update={"measured": [benchmark(f"test_{index}", 1, 0, 2) for index in range(count)]}
    )
    past = tuple(Entry(entry.snapshot, compared) for entry in history())
    return Report(now, base.verdict, compared, base.baseline, past)


def _judged(
    now: Snapshot,
    compared: Regressions | None,
    settings: Settings | None = None,
    *,
    baseline: Snapshot | None = None,
    history: tuple[Entry, ...] = (),
) -> Report:
    """Return a report whose gates have really been applied."""
    chosen = settings or Settings()
    verdict = decide(now, compared, chosen, baseline=baseline, today=date(2026, 11, 30))
    return Report(now, verdict, compared, baseline, history, chosen)


def _verdict(status: str, now: Snapshot, gates: list[GateResult]) -> Verdict:
    return Verdict.model_validate(
        {"status": status, "release": now.release, "commit": now.commit, "gates": gates}
    )


EVERY = {
    "passing": passing,
    "failing": failing,
    "first run": first_run,
    "bare": bare,
    "hostile": hostile,
    "huge": huge,
}
